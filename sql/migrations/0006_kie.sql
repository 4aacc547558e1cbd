-- Every creation of a KIE task that was ever announced. A row without `task_id` is a creation whose
-- outcome nobody knows; one with `abandoned_at` belongs to a task the job went on without.
CREATE TABLE job_tasks (
  token        text PRIMARY KEY, -- travels in the callback address
  job_id       uuid NOT NULL,
  attempt      int NOT NULL,
  kie_account  text NOT NULL,
  kie_api_key  text NOT NULL,    -- fingerprint
  model        text NOT NULL,
  intent_at    timestamptz NOT NULL DEFAULT now(),
  task_id      text,
  created_at   timestamptz,      -- of the task
  abandoned_at timestamptz,      -- the task may still finish: its video would be a gift
  settled_at   timestamptz       -- nobody needs to look at the abandoned task any more
);
CREATE INDEX job_tasks_by_job ON job_tasks (job_id);
CREATE INDEX job_tasks_late ON job_tasks (abandoned_at)
  WHERE abandoned_at IS NOT NULL AND settled_at IS NULL;

-- Health and turn of each KIE key, shared by all nodes. A key without a row is fresh.
CREATE TABLE kie_keys (
  fingerprint   text PRIMARY KEY,
  blocked_until timestamptz NOT NULL DEFAULT '-infinity',
  reason        text,
  rests         bigint NOT NULL DEFAULT 0, -- how often it was put to rest
  creations     bigint NOT NULL DEFAULT 0,
  last_used_at  timestamptz
);

CREATE TABLE kie_models (
  model         text PRIMARY KEY,
  blocked_until timestamptz NOT NULL DEFAULT '-infinity',
  reason        text,
  rests         bigint NOT NULL DEFAULT 0,
  updated_at    timestamptz NOT NULL DEFAULT now()
);

-- Creations (and, under the account 'claims', claims of new work) of the last 16 seconds, counted in
-- slots of a quarter second. A slot is used again after 64 of them: the table does not grow.
CREATE TABLE kie_slots (
  account    text,
  ring       int,
  started_at timestamptz NOT NULL,
  taken      int NOT NULL,
  PRIMARY KEY (account, ring)
) WITH (fillfactor = 20);

-- What happened to a job beyond its usual way; `neurocards jobs show` merges both.
CREATE TABLE job_events (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id     uuid NOT NULL,
  what       text NOT NULL,
  details    jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX job_events_by_job ON job_events (job_id, id);
CREATE INDEX job_events_by_age ON job_events USING brin (created_at);
