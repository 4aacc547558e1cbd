-- How long a job that has ended took, in all and (its last claim) in each stage, in milliseconds.
-- NULL: it was not in that stage, or an older program did not write its time down.
CREATE OR REPLACE FUNCTION ended_job(p_job jobs) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', p_job.id, 'completed', p_job.status = 'completed',
    'class', p_job.error_details->>'class',
    'took', milliseconds_between(p_job.created_at, p_job.finished_at),
    'stages', jsonb_build_object(
      'wait', milliseconds_between(p_job.created_at, p_job.started_at),
      'prompt', CASE WHEN p_job.prompt_claim = p_job.claim
        THEN milliseconds_between(p_job.claimed_at, p_job.prompt_at) END,
      'photo', milliseconds_between(
        CASE WHEN p_job.prompt_claim = p_job.claim THEN p_job.prompt_at ELSE p_job.claimed_at END,
        k.photo_at),
      'create', milliseconds_between(coalesce(k.photo_at, k.intent_at), p_job.task_created_at),
      'render', milliseconds_between(p_job.task_created_at, p_job.result_at),
      'download', milliseconds_between(p_job.result_at, p_job.finished_at)))
    FROM (SELECT) one LEFT JOIN job_tasks k ON k.token = p_job.intent_token
$$;
