-- Everybody who ever wrote to the bot. `credits` is the balance; it moves only inside the functions
-- of sql/functions, together with a row of credit_ledger, and never below zero.
CREATE TABLE users (
  tg_user_id        bigint PRIMARY KEY,
  username          text,
  first_name        text,
  language_code     text,
  credits           int NOT NULL DEFAULT 0,
  terms_version     text,        -- of the terms agreed to last
  terms_accepted_at timestamptz,
  blocked_at        timestamptz, -- the user shut the bot out
  banned_at         timestamptz, -- an operator shut the user out
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT credits_are_never_negative CHECK (credits >= 0),
  CONSTRAINT consent_names_its_terms CHECK ((terms_version IS NULL) = (terms_accepted_at IS NULL))
) WITH (fillfactor = 80); -- balances change in place
