-- An installation of the superseded program moves in (sql/import). What a user had there is one row
-- of the ledger: of either sign, because it makes up for what was never written down. Rows that are
-- here already fit the wider constraints, so nothing is read to prove it.
ALTER TABLE credit_ledger DROP CONSTRAINT ledger_kind_is_known;
ALTER TABLE credit_ledger ADD CONSTRAINT ledger_kind_is_known
  CHECK (kind IN ('welcome', 'purchase', 'grant', 'charge', 'refund', 'opening')) NOT VALID;
ALTER TABLE credit_ledger DROP CONSTRAINT charges_take_and_others_give;
ALTER TABLE credit_ledger ADD CONSTRAINT charges_take_and_others_give
  CHECK (amount <> 0 AND (kind IN ('grant', 'opening') OR (amount < 0) = (kind = 'charge')))
  NOT VALID;

-- Rows of the old database that carry no balance and have no table here, as they were.
CREATE TABLE imported_rows (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source     text NOT NULL, -- table of the old database
  tg_user_id bigint,        -- whose; NULL: nobody's
  content    jsonb NOT NULL
);
CREATE INDEX imported_rows_by_user ON imported_rows (tg_user_id);
