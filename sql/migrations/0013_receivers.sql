-- An update without content cannot be applied: what its sender said is lost. Rows that are like this
-- already (of older programs with webhooks) must not stop the upgrade: `audit` finds them, and
-- docs/operations.md says what to do.
ALTER TABLE updates ADD CONSTRAINT updates_name_their_kind CHECK (kind <> '') NOT VALID;
ALTER TABLE updates ADD CONSTRAINT updates_are_whole CHECK (body <> '') NOT VALID;

-- Which life of a gateway has the update in hand; null: unknown. It holds the lock of its name
-- (db/leader) as long as it lives, so that what it leaves behind is found at once.
ALTER TABLE updates ADD COLUMN received_by uuid;

-- When the user last came back: a refusal of Telegram that is older does not count any more.
ALTER TABLE users ADD COLUMN returned_at timestamptz;

-- Their arguments change.
DROP FUNCTION IF EXISTS put_updates;
DROP FUNCTION IF EXISTS drop_notices;
