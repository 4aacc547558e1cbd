-- What Telegram told us, kept until it is applied (promise 1). `body` is text, not jsonb: it may
-- contain \u0000, which jsonb refuses, and nothing here looks inside.
CREATE TABLE updates (
  update_id   bigint PRIMARY KEY,
  chat_id     bigint NOT NULL, -- 0: of no chat
  kind        text NOT NULL,
  body        text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  handled_at  timestamptz
);
CREATE INDEX updates_pending ON updates (update_id) WHERE handled_at IS NULL;
CREATE INDEX updates_by_age ON updates USING brin (received_at);

-- Where each conversation stands.
CREATE TABLE sessions (
  chat_id    bigint PRIMARY KEY,
  state      text NOT NULL,
  data       jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70); -- rewritten at every step
