-- Files nobody needs any more, at most `p_limit`, marked as taken: whoever called removes them from the
-- storage and says so (files_removed). Not given out are files of a job that has not ended or ended
-- within `p_keep`, photos of drafts, and whatever belongs to somebody who has messages coming. What was
-- taken and not confirmed is given out again after a while. Safe to call from several nodes at once.
CREATE OR REPLACE FUNCTION take_old_files(p_keep interval, p_limit int)
RETURNS TABLE(key text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_old_files(p_keep, p_limit);
  RETURN QUERY
  WITH candidates AS MATERIALIZED (
    SELECT f.key, f.tg_user_id, f.taken_at FROM old_files f
     WHERE f.removed_at IS NULL AND f.since < now() - p_keep
       AND coalesce(f.taken_at < now() - interval '10 minutes', true)
     ORDER BY f.since LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), judged AS MATERIALIZED (
    -- When the file was needed last; a message on its way puts the matter off for an hour.
    SELECT c.key, greatest(
             (SELECT max(coalesce(j.finished_at, now())) FROM jobs j
               WHERE j.tg_user_id = c.tg_user_id AND j.product_image_url = c.key),
             (SELECT now() FROM sessions s
               WHERE s.chat_id = c.tg_user_id AND s.data #>> '{order,photo}' = c.key),
             (SELECT now() - p_keep + least(p_keep, interval '1 hour') FROM notifications n
               WHERE n.chat_id = c.tg_user_id AND n.sent_at IS NULL LIMIT 1)) AS needed_at
      FROM candidates c WHERE c.taken_at IS NULL
  ), kept AS (
    UPDATE old_files f SET since = x.needed_at
      FROM judged x WHERE f.key = x.key AND x.needed_at >= now() - p_keep
    RETURNING f.key
  )
  UPDATE old_files f SET taken_at = now()
    FROM candidates c WHERE f.key = c.key AND c.key NOT IN (SELECT k.key FROM kept k)
  RETURNING f.key;
END $$;
