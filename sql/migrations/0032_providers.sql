-- Jobs and creations know whose they are: task ids, keys and models of all providers stand in the
-- columns that are named for the first.
ALTER TABLE jobs ADD COLUMN provider text NOT NULL DEFAULT 'kie';
ALTER TABLE job_tasks ADD COLUMN provider text NOT NULL DEFAULT 'kie';

-- Their arguments or results change.
DROP FUNCTION IF EXISTS record_intents(
  uuid[], uuid[], text[], text[], text[], int, text[], int[], text[], bigint[]);
DROP FUNCTION IF EXISTS claim_jobs_within_budget(
  uuid, int, text[], text[], int, text[], interval);
DROP FUNCTION IF EXISTS provider_succeeded(text, timestamptz);
DROP FUNCTION IF EXISTS late_tasks(int);
