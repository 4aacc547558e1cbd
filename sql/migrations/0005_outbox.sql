-- Messages to users, written in the transaction that caused them (promise 4). `sent_at` is the time
-- of Telegram's final answer; if that was a refusal, `dropped_at` and `error` say so.
CREATE TABLE notifications (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  chat_id    bigint NOT NULL,
  job_id     uuid, -- no foreign key: each one would cost a lookup and a row lock in the hottest path
  kind       text NOT NULL,
  payload    jsonb NOT NULL DEFAULT '{}',
  tries      int NOT NULL DEFAULT 0,
  run_at     timestamptz NOT NULL DEFAULT now(), -- not sent before, nor any later one of the chat
  error      text,
  message_id bigint, -- Telegram's
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at    timestamptz,
  dropped_at timestamptz,
  CONSTRAINT payload_is_an_object CHECK (jsonb_typeof(payload) = 'object'),
  CONSTRAINT dropped_notices_are_settled_and_say_why
    CHECK (dropped_at IS NULL OR (sent_at IS NOT NULL AND error IS NOT NULL))
);
-- The two indexes of what is unsent have predicates of their own, so that a query can say which one it
-- means: to the planner, who believes after a quiet hour that nothing is unsent, both look free.
CREATE INDEX notifications_due ON notifications (run_at, id)
  WHERE coalesce(sent_at, 'infinity') = 'infinity';
-- `id + 0`: ordered by the bare id, the primary key would look as good, and reading it means reading
-- all that was ever sent.
CREATE INDEX notifications_of_chat ON notifications (chat_id, (id + 0)) WHERE sent_at IS NULL;
CREATE INDEX notifications_by_age ON notifications USING brin (created_at);

-- The message that shows the progress of an order, to be edited in place.
CREATE TABLE cards (
  draft_id   uuid PRIMARY KEY,
  chat_id    bigint NOT NULL,
  message_id bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
