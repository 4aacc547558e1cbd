-- The row of a job for operators: without the token of its creation, which is a secret, and without what
-- the user wrote. `node` is the node that has the job now.
CREATE OR REPLACE FUNCTION job_row(p_job jobs) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', p_job.id, 'tg_user_id', p_job.tg_user_id, 'status', p_job.status,
    'template_type', p_job.template_type, 'template_id', p_job.error_details->>'template_id',
    'kind', p_job.error_details->>'kind', 'video_index', p_job.video_index,
    'idempotency_key', p_job.idempotency_key, 'product_image_url', p_job.product_image_url,
    'prompt_source', p_job.prompt_source, 'model', p_job.model, 'kie_task_id', p_job.kie_task_id,
    'kie_api_key', p_job.kie_api_key, 'error', shown_error(p_job.error, p_job.error_details),
    'class', p_job.error_details->>'class', 'signal', failure_signal(p_job),
    'attempts', p_job.attempts, 'rescues', p_job.rescues, 'polls', p_job.polls,
    'claim', p_job.claim, 'claimed_by', p_job.claimed_by,
    'node', (SELECT n.name FROM nodes n WHERE n.incarnation = p_job.claimed_by),
    'video_url', p_job.video_url, 'video_bytes', p_job.video_bytes,
    'cost', p_job.cost,
    'run_at', unix_seconds(p_job.run_at), 'created_at', unix_seconds(p_job.created_at),
    'started_at', unix_seconds(p_job.started_at), 'claimed_at', unix_seconds(p_job.claimed_at),
    'intent_at', unix_seconds(p_job.intent_at),
    'task_created_at', unix_seconds(p_job.task_created_at),
    'result_at', unix_seconds(p_job.result_at), 'finished_at', unix_seconds(p_job.finished_at),
    'updated_at', unix_seconds(p_job.updated_at))
$$;
