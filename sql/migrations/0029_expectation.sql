-- How long an order was expected to take, in seconds: from and to as guessed, then from and to as
-- its user was told (domain/expectation); without these two: nothing was told.
ALTER TABLE jobs ADD COLUMN expected int[];
-- A column more in its result; programs of the version before ask for theirs by name.
DROP FUNCTION IF EXISTS load_conversations(bigint[], bigint[], bigint[]);
