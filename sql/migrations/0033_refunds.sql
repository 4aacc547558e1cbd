-- Money goes back, by an operator or by Telegram. Its payment remembers when, and how many of its
-- credits had been spent by then; what was unspent is one row of the ledger, with the charge in its
-- note.
-- Rows that are here already fit the wider constraints, so nothing is read to prove it.
ALTER TABLE credit_ledger DROP CONSTRAINT ledger_kind_is_known;
ALTER TABLE credit_ledger ADD CONSTRAINT ledger_kind_is_known
  CHECK (kind IN ('welcome', 'purchase', 'grant', 'charge', 'refund', 'opening', 'payment_refund',
                  'referral')) NOT VALID;
ALTER TABLE credit_ledger DROP CONSTRAINT charges_take_and_others_give;
ALTER TABLE credit_ledger ADD CONSTRAINT charges_take_and_others_give
  CHECK (amount <> 0 AND (kind IN ('grant', 'opening')
                          OR (amount < 0) = (kind IN ('charge', 'payment_refund')))) NOT VALID;
ALTER TABLE credit_ledger ADD CONSTRAINT payment_refunds_name_their_charge
  CHECK (kind <> 'payment_refund' OR note IS NOT NULL) NOT VALID;

ALTER TABLE payments
  ADD COLUMN provider text NOT NULL DEFAULT 'telegram', -- whom it was paid through
  ADD COLUMN refund_asked_at timestamptz, -- by an operator; set before Telegram hears of it
  ADD COLUMN refunded_at timestamptz,
  ADD COLUMN shortfall int NOT NULL DEFAULT 0; -- of its credits, those spent before the refund
ALTER TABLE payments ADD CONSTRAINT only_refunds_fall_short
  CHECK (shortfall BETWEEN 0 AND credits AND (shortfall = 0 OR refunded_at IS NOT NULL)) NOT VALID;
-- Begun and not ended: few, looked for by operators.
CREATE INDEX payments_refunds_open ON payments (refund_asked_at)
  WHERE refund_asked_at IS NOT NULL AND refunded_at IS NULL;

-- Their arguments change; programs of the version before call them by names that stay.
DROP FUNCTION IF EXISTS reconcile(jsonb, boolean, text, text);
DROP FUNCTION IF EXISTS apply_steps(
  bigint[], bigint[], bigint[], text[], text[], text[], text[], jsonb[], boolean[],
  int[], text[], int[], int[], text[], int[], text[], int[], text[],
  int[], uuid[], int[], text[], text[], jsonb[], text[], jsonb[],
  int[], text[], text[], text[], jsonb[], int[], int[], text[], jsonb[], bigint[], int[],
  int[], uuid[], int[], uuid[]);

-- concurrently
-- Once, whoever wishes it and however often.
CREATE UNIQUE INDEX CONCURRENTLY one_refund_per_payment ON credit_ledger (note)
  WHERE kind = 'payment_refund';
