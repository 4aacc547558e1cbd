-- The `p_count` newest jobs older than `p_before` (NULL: the newest of all) among which those that
-- fit a filter are, by the index that has the fewest others: whatever the filter, no more is read.
-- The caller asks each of them (job_fits). `place` counts from the newest.
CREATE OR REPLACE FUNCTION jobs_scanned(p_filter jsonb, p_before uuid, p_count int)
RETURNS TABLE(place bigint, job jobs) LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_first uuid := coalesce((p_filter->>'id_from')::uuid, '00000000-0000-0000-0000-000000000000');
  v_last uuid := coalesce((p_filter->>'id_to')::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_before uuid := coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_before_time timestamptz := 'infinity';
BEGIN
  IF p_filter ? 'user' THEN
    SELECT b.created_at INTO v_before_time FROM jobs b WHERE b.id = p_before;
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY j.created_at DESC, j.id DESC), j::jobs FROM (
      SELECT * FROM jobs u WHERE u.tg_user_id = (p_filter->>'user')::bigint
         AND (u.created_at, u.id) < (coalesce(v_before_time, 'infinity'), v_before)
       ORDER BY u.created_at DESC, u.id DESC LIMIT p_count) j;
  ELSIF p_filter->>'status' IN ('queued', 'processing') THEN
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY j.id DESC), j::jobs FROM (
      SELECT * FROM jobs o WHERE o.status IN ('queued', 'processing')
         AND o.id >= v_first AND o.id <= v_last AND o.id < v_before
       ORDER BY o.id DESC LIMIT p_count) j;
  ELSIF p_filter->>'status' = 'failed' THEN
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY j.id DESC), j::jobs FROM (
      SELECT * FROM jobs f WHERE f.status = 'failed'
         AND f.id >= v_first AND f.id <= v_last AND f.id < v_before
       ORDER BY f.id DESC LIMIT p_count) j;
  ELSE
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY j.id DESC), j::jobs FROM (
      SELECT * FROM jobs a WHERE a.id >= v_first AND a.id <= v_last AND a.id < v_before
       ORDER BY a.id DESC LIMIT p_count) j;
  END IF;
END $$;
