-- A job as a line of a list for operators: without what the user wrote, and without what a provider
-- said, who may repeat it. Times are Unix seconds.
CREATE OR REPLACE FUNCTION job_summary(p_job jobs) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', (p_job).id, 'tg_user_id', (p_job).tg_user_id, 'status', (p_job).status,
    'template_type', (p_job).template_type, 'kind', (p_job).error_details->>'kind',
    'model', (p_job).model, 'node', job_node(p_job), 'attempts', (p_job).attempts,
    'class', (p_job).error_details->>'class', 'signal', failure_signal(p_job),
    'error', shown_error((p_job).error, (p_job).error_details),
    'run_at', unix_seconds((p_job).run_at),
    'created_at', unix_seconds((p_job).created_at),
    'started_at', unix_seconds((p_job).started_at),
    'claimed_at', unix_seconds((p_job).claimed_at),
    'finished_at', unix_seconds((p_job).finished_at),
    'delivered_at', unix_seconds((p_job).delivered_at))
$$;
