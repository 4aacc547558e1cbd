-- A job's history is kept as long as the job, and says of every step when it was, on which node, in
-- which attempt and why (job_timeline). A life without trouble costs no row of its own: each step is
-- written into the rows that its transition writes anyway, and what is overwritten later, a claim, goes
-- into the event that ends it. Nodes are named: their rows go a day after their end.
ALTER TABLE job_events
  ADD COLUMN node       text,
  ADD COLUMN attempt    int,
  ADD COLUMN claim      int,         -- number of the claim that it ended or happened under,
  ADD COLUMN claimed_at timestamptz; -- and, if it ended it, when that had begun
-- Events are found by their job alone, and go with it.
DROP INDEX IF EXISTS job_events_by_time; -- in a new database it is not there yet
ALTER TABLE job_events DROP CONSTRAINT job_events_pkey;

ALTER TABLE jobs
  ADD COLUMN ordered_on   text,        -- node that took the order
  ADD COLUMN claimed_on   text,        -- node of the last claim; `claimed_at` is its time
  ADD COLUMN prompt_at    timestamptz, -- of the script that is in `prompt`,
  ADD COLUMN prompt_claim int,         -- and the claim under which it was written
  ADD COLUMN polls        int NOT NULL DEFAULT 0, -- how often KIE was asked for a task, all in all
  ADD COLUMN result_at    timestamptz, -- when KIE was seen to have the video
  ADD COLUMN delivered_at timestamptz, -- when Telegram took the video first
  ADD COLUMN delivered_on text;
ALTER TABLE job_tasks
  ADD COLUMN claim    int,
  ADD COLUMN photo    text,        -- how the provider gets it: link, upload
  ADD COLUMN photo_at timestamptz;

-- Every outage of a provider: what each job waited for is seen by its times.
CREATE TABLE outages (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  began_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz, -- NULL: it goes on
  cause    text NOT NULL,
  reason   text NOT NULL
);
CREATE INDEX outages_by_time ON outages (began_at);
INSERT INTO outages (provider, began_at, cause, reason)
  SELECT name, down_since, cause, coalesce(reason, '') FROM providers WHERE down_since IS NOT NULL;

-- Messages are found by their job; by age it needed a scan that lanes must not make.
DROP INDEX IF EXISTS notifications_by_age;

-- Their arguments or results change.
DROP FUNCTION IF EXISTS job_timeline(uuid);
DROP FUNCTION IF EXISTS record_intents(uuid[], uuid[], text[], text[], text[], int, text[], int[]);
DROP FUNCTION IF EXISTS record_tasks(uuid[], uuid[], text[], int[]);
DROP FUNCTION IF EXISTS retry_jobs(uuid[], uuid[], text[], jsonb[], bigint[], boolean[], boolean[],
                                   boolean[], int[]);
DROP FUNCTION IF EXISTS complete_jobs(uuid[], uuid[], text[], bigint[], int[]);
DROP FUNCTION IF EXISTS fail_jobs_and_refund(uuid[], uuid[], text[], jsonb[], boolean[], int[]);

-- concurrently
CREATE INDEX CONCURRENTLY notifications_by_job ON notifications (job_id) WHERE job_id IS NOT NULL;
