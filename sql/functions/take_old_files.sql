-- Files nobody needs any more, marked as taken: whoever called removes them from the storage and says
-- so (files_removed). Checks `p_limit` that are due; `more`: there may be others. Not given out are
-- files of a job that has not ended or ended within `p_keep`, photos of drafts, and whatever belongs to
-- somebody who has messages coming. What was given out and not confirmed is given out again after a
-- while that doubles from ten minutes to a day. A row without a key: none of those looked at may go.
-- Safe to call from several nodes at once.
CREATE OR REPLACE FUNCTION take_old_files(p_keep interval, p_limit int)
RETURNS TABLE(key text, more boolean) LANGUAGE plpgsql AS $$
DECLARE
  v_noted int := note_old_files(p_keep, p_limit);
  v_seen int;
  v_ours text[];
  v_keys text[];
BEGIN
  -- A file whose lock a draft holds may be needed from its commit on (watch_photos_of_drafts).
  WITH due AS MATERIALIZED (
    SELECT f.key FROM old_files f WHERE f.removed_at IS NULL AND f.due_at <= now()
     ORDER BY f.due_at LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), tried AS MATERIALIZED (
    SELECT d.key, pg_try_advisory_xact_lock(hashtextextended('file:' || d.key, 0)) AS ours FROM due d
  )
  SELECT count(*), array_agg(t.key) FILTER (WHERE t.ours),
         array_agg(t.key) FILTER (WHERE NOT t.ours)
    INTO v_seen, v_ours, v_keys FROM tried t;
  more := v_seen = p_limit OR v_noted = p_limit;
  UPDATE old_files f SET due_at = now() + interval '1 minute' WHERE f.key = ANY (v_keys);

  -- From here on no draft can begin to use one of `v_ours`; a statement of its own, so that it sees
  -- those that have started. What is put off is checked again when it is needed no longer.
  WITH wanted AS MATERIALIZED (
    SELECT f.key, f.tg_user_id, f.since + p_keep AS until FROM old_files f
     WHERE f.key = ANY (v_ours) AND f.taken_at IS NULL
  ), jobs_of AS MATERIALIZED (
    SELECT j.product_image_url AS key, max(coalesce(j.finished_at, now())) + p_keep AS until
      FROM (SELECT w.tg_user_id, array_agg(w.key) AS keys FROM wanted w GROUP BY 1) u
      JOIN jobs j ON j.tg_user_id = u.tg_user_id AND j.product_image_url = ANY (u.keys)
     GROUP BY 1
  ), checked AS MATERIALIZED (
    SELECT w.key, greatest(w.until, (SELECT o.until FROM jobs_of o WHERE o.key = w.key),
             (SELECT now() + least(p_keep, interval '1 hour') FROM sessions s
               WHERE s.chat_id = w.tg_user_id AND s.data #>> '{order,photo}' = w.key),
             (SELECT now() + least(p_keep, interval '1 hour') FROM notifications n
               WHERE n.chat_id = w.tg_user_id AND n.sent_at IS NULL LIMIT 1)) AS until
      FROM wanted w
  ), kept AS (
    UPDATE old_files f SET due_at = x.until
      FROM checked x WHERE f.key = ANY (ARRAY[x.key]) AND x.until >= now()
    RETURNING f.key
  )
  SELECT array_agg(o.key) INTO v_keys FROM unnest(v_ours) AS o(key)
   WHERE o.key NOT IN (SELECT k.key FROM kept k);

  FOR key IN
    UPDATE old_files f
       SET taken_at = coalesce(f.taken_at, now()), tries = f.tries + 1,
           due_at = now() + least(interval '10 minutes' * 2 ^ least(f.tries, 8), interval '1 day')
     WHERE f.key = ANY (v_keys)
    RETURNING f.key
  LOOP
    RETURN NEXT;
  END LOOP;
  IF v_keys IS NULL THEN
    key := NULL;
    RETURN NEXT;
  END IF;
END $$;
