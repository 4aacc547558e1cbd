-- How each provider of videos stands, as the whole cluster sees it. Every change locks the row first.
CREATE TABLE providers (
  name             text PRIMARY KEY,
  down_since       timestamptz, -- NULL: up. A relapse continues the outage before it
  began_at         timestamptz, -- of the last outage
  declared_at      timestamptz, -- of the last outage: successes from then on count
  cause            text,        -- what was found wrong: probe, creation, task
  reason           text,
  ended_at         timestamptz, -- of the last outage
  doubted_since    timestamptz, -- some watcher does not reach it; the others are to try
  trial_at         timestamptz, -- although it is down, one job may be claimed to see how it fares
  models_out_since timestamptz, -- since then all models have cooled down and nothing was created
  CONSTRAINT cause_is_known CHECK (cause IN ('probe', 'creation', 'task')),
  CONSTRAINT an_outage_has_a_cause CHECK (down_since IS NULL OR (cause IS NOT NULL AND declared_at IS NOT NULL))
);

-- The workers that watch a provider, and how their last probe went.
CREATE TABLE provider_watchers (
  provider  text,
  id        uuid, -- one per process
  seen_at   timestamptz NOT NULL DEFAULT now(),
  probed_at timestamptz,
  reached   boolean,
  PRIMARY KEY (provider, id)
);

-- Jobs that failed TEMPORARY within the last minute while their worker reached the provider.
CREATE TABLE provider_failures (
  provider   text,
  stage      text, -- creation, task
  job_id     uuid,
  tg_user_id bigint NOT NULL,
  failed_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, stage, job_id)
);

-- The user has heard that an outage delays this job.
ALTER TABLE jobs ADD COLUMN delay_told boolean NOT NULL DEFAULT false;
