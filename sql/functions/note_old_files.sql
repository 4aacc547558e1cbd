-- Notes the files of the next `p_limit` jobs that finished longer ago than `p_keep`, in the order in
-- which they finished, each job once. A file that is noted already is due now: perhaps its time was
-- reckoned with a longer `p_keep`. Returns how many jobs were read.
CREATE OR REPLACE FUNCTION note_old_files(p_keep interval, p_limit int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz;
  v_id uuid;
  v_keys text[];
  v_users bigint[];
  v_since timestamptz[];
  v_count int;
BEGIN
  SELECT (s.value->>'finished_at')::timestamptz, (s.value->>'id')::uuid INTO v_at, v_id
    FROM settings s WHERE s.key = 'old_files.noted' FOR UPDATE;
  WITH page AS MATERIALIZED (
    SELECT j.id, j.finished_at, j.tg_user_id, j.product_image_url, j.video_url FROM jobs j
     WHERE j.finished_at >= v_at AND (j.finished_at, j.id) > (v_at, v_id)
       AND j.finished_at < now() - p_keep
     ORDER BY j.finished_at, j.id LIMIT p_limit
  ), files AS (
    SELECT DISTINCT ON (f.key) f.key, p.tg_user_id, p.finished_at
      FROM page p CROSS JOIN LATERAL (VALUES (p.product_image_url), (p.video_url)) AS f(key)
     WHERE f.key <> '' ORDER BY f.key, p.finished_at DESC
  )
  SELECT (SELECT count(*) FROM page), array_agg(f.key), array_agg(f.tg_user_id),
         array_agg(f.finished_at), l.finished_at, l.id
    INTO v_count, v_keys, v_users, v_since, v_at, v_id
    FROM (SELECT * FROM page ORDER BY finished_at DESC, id DESC LIMIT 1) l LEFT JOIN files f ON true
   GROUP BY l.finished_at, l.id;
  IF v_count IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO old_files (key, tg_user_id, since)
  SELECT n.key, n.tg_user_id, n.since
    FROM unnest(v_keys, v_users, v_since) AS n(key, tg_user_id, since)
   WHERE n.key IS NOT NULL ORDER BY n.key
  ON CONFLICT (key) DO NOTHING;
  UPDATE old_files f SET due_at = now()
   WHERE f.key = ANY (ARRAY(SELECT x.key FROM old_files x
                             WHERE x.key = ANY (v_keys) AND x.taken_at IS NULL AND x.due_at > now()
                             ORDER BY x.key FOR UPDATE SKIP LOCKED));
  UPDATE settings s SET value = jsonb_build_object('finished_at', v_at, 'id', v_id),
    updated_at = now() WHERE s.key = 'old_files.noted';
  RETURN v_count;
END $$;
