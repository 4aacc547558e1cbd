-- Notes the files of the next `p_limit` jobs that finished longer ago than `p_keep`, in the order in
-- which they finished, each job once.
CREATE OR REPLACE FUNCTION note_old_files(p_keep interval, p_limit int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz;
  v_id uuid;
BEGIN
  SELECT (s.value->>'finished_at')::timestamptz, (s.value->>'id')::uuid INTO v_at, v_id
    FROM settings s WHERE s.key = 'old_files.noted' FOR UPDATE;
  WITH page AS MATERIALIZED (
    SELECT j.id, j.finished_at, j.tg_user_id, j.product_image_url, j.video_url FROM jobs j
     WHERE j.finished_at >= v_at AND (j.finished_at, j.id) > (v_at, v_id)
       AND j.finished_at < now() - p_keep
     ORDER BY j.finished_at, j.id LIMIT p_limit
  ), noted AS (
    INSERT INTO old_files (key, tg_user_id, since)
    SELECT DISTINCT ON (f.key) f.key, p.tg_user_id, p.finished_at
      FROM page p CROSS JOIN LATERAL (VALUES (p.product_image_url), (p.video_url)) AS f(key)
     WHERE f.key <> '' ORDER BY f.key, p.finished_at DESC
    ON CONFLICT (key) DO NOTHING
  )
  UPDATE settings s SET value = jsonb_build_object('finished_at', p.finished_at, 'id', p.id),
    updated_at = now()
    FROM (SELECT * FROM page ORDER BY finished_at DESC, id DESC LIMIT 1) p
   WHERE s.key = 'old_files.noted';
END $$;
