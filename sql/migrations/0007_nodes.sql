-- Lives of processes. A job's lease is its node's heartbeat; a fenced incarnation never gets one back.
CREATE TABLE nodes (
  incarnation  uuid PRIMARY KEY,
  name         text NOT NULL,
  roles        text NOT NULL DEFAULT '', -- comma-separated
  version      text NOT NULL DEFAULT '',
  stats        jsonb NOT NULL DEFAULT '{}',
  started_at   timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now(),
  fenced_at    timestamptz, -- others took its jobs over
  left_at      timestamptz  -- it said good-bye
) WITH (fillfactor = 50);

CREATE TABLE settings (
  key        text PRIMARY KEY,
  value      jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
