-- Jobs for an operator's terminal that fit a filter (job_fits), newest first; only those older than
-- `p_before`, if it is given. At most 2000 jobs are read to find them, as by jobs_page, whose lists
-- are for pages.
CREATE OR REPLACE FUNCTION jobs_filtered(p_filter jsonb, p_before uuid, p_limit int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'id', (x.job).id, 'tg_user_id', (x.job).tg_user_id, 'status', (x.job).status,
           'attempts', (x.job).attempts, 'template_type', (x.job).template_type,
           'model', (x.job).model, 'kie_task_id', (x.job).kie_task_id, 'node', job_node(x.job),
           'class', (x.job).error_details->>'class', 'signal', failure_signal(x.job),
           'error', shown_error((x.job).error, (x.job).error_details),
           'run_at', (x.job).run_at, 'created_at', (x.job).created_at,
           'finished_at', (x.job).finished_at) ORDER BY x.place), '[]')
    FROM (SELECT s.place, s.job FROM jobs_scanned(p_filter, p_before, 2000) s
           WHERE job_fits(s.job, p_filter) ORDER BY s.place LIMIT p_limit) x
$$;
