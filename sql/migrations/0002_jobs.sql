-- One row per ordered video, from its order to its end. Who moves a job where: docs/job_lifecycle.md.
-- A job in `processing` belongs to the incarnation in `claimed_by`, and to nobody else.
CREATE TABLE jobs (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tg_user_id        bigint NOT NULL REFERENCES users,
  template_type     text NOT NULL,
  product_name      text,
  product_text      text,
  product_image_url text,        -- key in our storage
  extra_wishes      text,        -- NULL: none
  video_index       int NOT NULL DEFAULT 0, -- position within its order
  idempotency_key   text NOT NULL,
  prompt            text,
  prompt_source     text,        -- openai, template, user
  model             text,        -- of the announced or created task
  kie_task_id       text,
  kie_api_key       text,        -- fingerprint, never the key
  status            text NOT NULL DEFAULT 'queued',
  error             text,
  error_details     jsonb NOT NULL DEFAULT '{}',
  attempts          int NOT NULL DEFAULT 0,
  attempt_open      boolean NOT NULL DEFAULT false, -- the attempt is counted and not used up
  rescues           int NOT NULL DEFAULT 0,         -- take-overs since the last progress
  resumes           boolean NOT NULL DEFAULT false, -- queued with a task that exists at KIE
  run_at            timestamptz NOT NULL DEFAULT now(), -- not claimed before
  claimed_by        uuid,
  claimed_at        timestamptz,
  intent_token      text,        -- of the creation announced last
  intent_at         timestamptz,
  task_created_at   timestamptz,
  started_told      boolean NOT NULL DEFAULT false, -- the user has heard of the first task
  waiting_told      boolean NOT NULL DEFAULT false, -- ... and of the wait for a key or model
  video_url         text,        -- key in our storage
  video_bytes       bigint NOT NULL DEFAULT 0,
  video_file_id     text,        -- Telegram's, once it has the video
  created_at        timestamptz NOT NULL DEFAULT now(),
  started_at        timestamptz,
  finished_at       timestamptz,
  updated_at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT one_job_per_idempotency_key UNIQUE (idempotency_key),
  CONSTRAINT status_is_known CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
  CONSTRAINT error_is_set_exactly_when_failed CHECK ((error IS NOT NULL) = (status = 'failed')),
  CONSTRAINT video_is_set_exactly_when_completed
    CHECK ((video_url IS NOT NULL) = (status = 'completed')),
  CONSTRAINT finished_at_is_set_exactly_at_the_end
    CHECK ((finished_at IS NOT NULL) = (status IN ('completed', 'failed'))),
  CONSTRAINT claimed_exactly_while_processing
    CHECK ((claimed_by IS NOT NULL) = (status = 'processing')),
  CONSTRAINT times_are_in_order CHECK (created_at <= started_at AND started_at <= finished_at
                                       AND created_at <= finished_at),
  CONSTRAINT error_details_is_an_object CHECK (jsonb_typeof(error_details) = 'object'),
  CONSTRAINT counters_are_never_negative CHECK (attempts >= 0 AND rescues >= 0),
  CONSTRAINT wishes_are_absent_or_real CHECK (extra_wishes NOT IN ('', '-'))
) WITH (fillfactor = 60); -- a life rewrites its row six times, three of them in place (HOT)

-- The queue. Jobs that resume need no budget at KIE and are looked for apart.
CREATE INDEX jobs_due ON jobs (resumes, run_at, id) WHERE status = 'queued';
-- With `claimed_by` alone the planner would find every job of a node for each transition of one.
CREATE INDEX jobs_in_flight ON jobs (claimed_by, id) WHERE status = 'processing';
CREATE INDEX jobs_by_user ON jobs (tg_user_id, created_at);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
