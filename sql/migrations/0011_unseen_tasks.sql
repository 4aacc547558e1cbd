-- A callback brought the task while somebody held the job: until he says that he has it, his ending of
-- the job is no ending of this task (retry_jobs, fail_jobs_and_refund).
ALTER TABLE jobs ADD COLUMN task_unseen boolean NOT NULL DEFAULT false;

-- Their arguments change.
DROP FUNCTION IF EXISTS claim_jobs;
DROP FUNCTION IF EXISTS claim_jobs_within_budget;
