-- A page of the jobs that fit a filter (job_fits), newest first. At most 2000 jobs are read to fill
-- it, and as many to count: a page may be shorter than `p_limit` and have a `next` all the same,
-- and `total` may be too low (`total_is_exact`). `p_texts`: with what a provider said of each that
-- failed (`words`).
CREATE OR REPLACE FUNCTION jobs_page(p_filter jsonb, p_before uuid, p_limit int,
                                     p_texts boolean DEFAULT false)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  c_most CONSTANT int := 2000;
  v_jobs jsonb;
  v_last_shown uuid;
  v_shown int;
  v_last_read uuid;
  v_read int;
  v_total int;
  v_counted int;
BEGIN
  WITH scanned AS MATERIALIZED (
    SELECT s.place, s.job, job_fits(s.job, p_filter) AS fits
      FROM jobs_scanned(p_filter, p_before, c_most) s
  ), shown AS MATERIALIZED (
    SELECT s.place, s.job FROM scanned s WHERE s.fits ORDER BY s.place LIMIT p_limit
  )
  SELECT (SELECT coalesce(jsonb_agg(job_summary(x.job)
             || CASE WHEN p_texts THEN jsonb_build_object('words', (x.job).error_details->>'raw')
                     ELSE '{}' END ORDER BY x.place), '[]') FROM shown x),
         (SELECT count(*) FROM shown),
         (SELECT (x.job).id FROM shown x ORDER BY x.place DESC LIMIT 1),
         (SELECT count(*) FROM scanned),
         (SELECT (s.job).id FROM scanned s ORDER BY s.place DESC LIMIT 1),
         (SELECT count(*) FROM scanned s WHERE s.fits)
    INTO v_jobs, v_shown, v_last_shown, v_read, v_last_read, v_total;
  v_counted := v_read;
  IF p_before IS NOT NULL THEN
    SELECT count(*) FILTER (WHERE job_fits(s.job, p_filter)), count(*) INTO v_total, v_counted
      FROM jobs_scanned(p_filter, NULL, c_most) s;
  END IF;
  RETURN jsonb_build_object('jobs', v_jobs,
    'next', CASE WHEN v_shown = p_limit AND v_last_shown <> v_last_read THEN v_last_shown
                 WHEN v_read = c_most THEN v_last_read END,
    'total', v_total, 'total_is_exact', v_counted < c_most);
END $$;
