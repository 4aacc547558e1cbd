-- What needs a person: each cause and subject is a row. Operators' chats are told of it at most
-- once an hour, whichever node saw it and however often.
CREATE TABLE alerts (
  cause     text NOT NULL,
  subject   text NOT NULL DEFAULT '', -- fingerprint of a key, name of a provider
  details   jsonb NOT NULL DEFAULT '{}',
  raised_at timestamptz NOT NULL DEFAULT now(), -- last
  told_at   timestamptz,                        -- last
  PRIMARY KEY (cause, subject),
  CONSTRAINT details_are_an_object CHECK (jsonb_typeof(details) = 'object')
);

-- Who came by whose link. The credits are those that were promised then; they are in the ledger as
-- of `paid_at`, when the invited first paid.
CREATE TABLE referrals (
  invited         bigint PRIMARY KEY REFERENCES users,
  inviter         bigint NOT NULL REFERENCES users,
  inviter_credits int NOT NULL,
  invited_credits int NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  paid_at         timestamptz,
  CONSTRAINT nobody_invites_himself CHECK (invited <> inviter),
  CONSTRAINT promises_are_not_negative CHECK (inviter_credits >= 0 AND invited_credits >= 0)
);
CREATE INDEX referrals_by_inviter ON referrals (inviter);
-- Rows that are here already fit the wider constraint.
ALTER TABLE credit_ledger DROP CONSTRAINT ledger_kind_is_known;
ALTER TABLE credit_ledger ADD CONSTRAINT ledger_kind_is_known
  CHECK (kind IN ('welcome', 'purchase', 'grant', 'charge', 'refund', 'opening', 'referral',
                  'payment_refund')) NOT VALID;

-- News for everybody. A broadcast goes through the users by ascending number; `last_user` is how
-- far it has come, moved in the transaction that writes the messages.
CREATE TABLE broadcasts (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text        text NOT NULL, -- HTML of Telegram
  status      text NOT NULL DEFAULT 'running',
  last_user   bigint NOT NULL DEFAULT 0,
  messages    bigint NOT NULL DEFAULT 0, -- written so far
  operator    text NOT NULL,
  reason      text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CONSTRAINT broadcast_status_is_known
    CHECK (status IN ('running', 'paused', 'cancelled', 'done')),
  CONSTRAINT a_broadcast_that_ended_says_when
    CHECK ((finished_at IS NOT NULL) = (status IN ('cancelled', 'done')))
);
CREATE INDEX broadcasts_running ON broadcasts (id) WHERE status = 'running';
ALTER TABLE users ADD COLUMN news_off_at timestamptz; -- the user wants no news since then

-- Arguments of the first change, and the result of the second. Whatever form stands here: the
-- functions are applied anew behind this migration.
DO $$
DECLARE
  v_function regprocedure;
BEGIN
  FOR v_function IN
    SELECT p.oid::regprocedure FROM pg_proc p
     WHERE p.proname IN ('apply_steps', 'load_conversations')
       AND p.pronamespace = current_schema()::regnamespace
  LOOP
    EXECUTE 'DROP FUNCTION ' || v_function;
  END LOOP;
END $$;
