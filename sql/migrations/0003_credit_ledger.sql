-- Every movement of credits is one row. Promise 2: sum(amount) = users.credits at every commit.
-- The unique indexes make a second charge, refund or welcome impossible, whatever the caller does.
CREATE TABLE credit_ledger (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tg_user_id bigint NOT NULL REFERENCES users,
  job_id     uuid REFERENCES jobs,
  kind       text NOT NULL,
  amount     int NOT NULL,
  note       text, -- of a grant: who and why; of a purchase: its charge id
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ledger_kind_is_known
    CHECK (kind IN ('welcome', 'purchase', 'grant', 'charge', 'refund')),
  CONSTRAINT charges_take_and_others_give -- only an operator's grant may go either way
    CHECK (amount <> 0 AND (kind = 'grant' OR (amount < 0) = (kind = 'charge'))),
  CONSTRAINT charges_and_refunds_are_one_credit
    CHECK (kind NOT IN ('charge', 'refund') OR abs(amount) = 1),
  CONSTRAINT charges_and_refunds_name_their_job
    CHECK ((job_id IS NOT NULL) = (kind IN ('charge', 'refund')))
);
CREATE UNIQUE INDEX one_charge_per_job ON credit_ledger (job_id) WHERE kind = 'charge';
CREATE UNIQUE INDEX one_refund_per_job ON credit_ledger (job_id) WHERE kind = 'refund';
CREATE UNIQUE INDEX one_welcome_per_user ON credit_ledger (tg_user_id) WHERE kind = 'welcome';
CREATE INDEX credit_ledger_by_user ON credit_ledger (tg_user_id, id);

-- What was paid to us, by Telegram's charge id.
CREATE TABLE payments (
  charge_id  text PRIMARY KEY,
  tg_user_id bigint NOT NULL REFERENCES users,
  credits    int NOT NULL,
  currency   text NOT NULL,
  amount     int NOT NULL, -- in the smallest unit of the currency
  payload    text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT purchases_bring_credits CHECK (credits > 0)
);
CREATE INDEX payments_by_user ON payments (tg_user_id, created_at);
