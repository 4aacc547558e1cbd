-- Unhandled updates whose receiver is gone: nobody holds the lock of its name (db/role_locks).
CREATE OR REPLACE FUNCTION updates_left_behind(p_limit int)
RETURNS TABLE(update_id bigint, chat_id bigint, kind text, body text) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  WITH living AS MATERIALIZED (
    SELECT l.objid::bigint AS name FROM pg_locks l
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
       AND l.classid::bigint = hashtext('neurocards.member')::bigint & 4294967295
       AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  )
  SELECT u.update_id, u.chat_id, u.kind, u.body FROM updates u
   WHERE u.handled_at IS NULL AND u.received_by IS NOT NULL
     AND hashtext(u.received_by::text)::bigint & 4294967295 <> ALL (
           ARRAY(SELECT x.name FROM living x))
   ORDER BY u.update_id LIMIT p_limit;
END $$;
