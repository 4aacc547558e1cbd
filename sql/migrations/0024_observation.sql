-- What measuring needs. A reply knows when the update that caused it was received: so long the
-- user waits. And up to where ended jobs and movements of credits have been told to a node that
-- counts them (take_ended).
ALTER TABLE notifications ADD COLUMN received_at timestamptz;
INSERT INTO settings (key, value)
  SELECT 'ended', jsonb_build_object('finished_at', now(), 'ledger', coalesce(max(id), 0))
    FROM credit_ledger;
DROP FUNCTION IF EXISTS due_notices(int, bigint[]); -- its result changes
