-- Every claim of a job has a number. What an earlier claim still sends changes nothing, even when the
-- same node has the job again.
ALTER TABLE jobs
  ADD COLUMN claim  int NOT NULL DEFAULT 0, -- number of its last claim; 0: never claimed
  ADD COLUMN blamed int NOT NULL DEFAULT 0; -- of `rescues`, those that no other job can have caused

-- Jobs whose workers died twice or more without progress, so that claims find them without an index
-- on all jobs. Kept by a trigger (watch_suspects).
CREATE TABLE suspects (job_id uuid PRIMARY KEY);

-- What was counted so far says nothing of who was to blame.
UPDATE jobs SET rescues = 0 WHERE status = 'queued' AND rescues > 0;
UPDATE jobs SET rescues = 0 WHERE status = 'processing' AND rescues > 0;

-- When the node last knew every job that the database says it holds, and how many it knew.
ALTER TABLE nodes
  ADD COLUMN knew_all_at timestamptz,
  ADD COLUMN known_jobs  int NOT NULL DEFAULT 0;

-- Their arguments change.
DROP FUNCTION IF EXISTS held_jobs(uuid, uuid[]);
DROP FUNCTION IF EXISTS record_prompts(uuid[], uuid[], text[], text[]);
DROP FUNCTION IF EXISTS record_intents(uuid[], uuid[], text[], text[], text[], int, text[]);
DROP FUNCTION IF EXISTS record_tasks(uuid[], uuid[], text[]);
DROP FUNCTION IF EXISTS
  retry_jobs(uuid[], uuid[], text[], jsonb[], bigint[], boolean[], boolean[], boolean[]);
DROP FUNCTION IF EXISTS complete_jobs(uuid[], uuid[], text[], bigint[]);
DROP FUNCTION IF EXISTS fail_jobs_and_refund(uuid[], uuid[], text[], jsonb[], boolean[]);
DROP FUNCTION IF EXISTS release_jobs(uuid, uuid[], boolean);
DROP FUNCTION IF EXISTS rescue_expired_jobs(interval);
