-- Everything that is known to have happened to a job, in the order of time.
CREATE OR REPLACE FUNCTION job_timeline(p_job uuid)
RETURNS TABLE(at timestamptz, what text, details jsonb) LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
BEGIN
  SELECT * INTO v_job FROM jobs j WHERE j.id = p_job;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no job %', p_job USING ERRCODE = 'NC005';
  END IF;
  RETURN QUERY
  SELECT t.at, t.what, jsonb_strip_nulls(t.details) FROM (
    SELECT v_job.created_at AS at, 'job.ordered' AS what,
           jsonb_build_object('user', v_job.tg_user_id, 'template', v_job.template_type, 'key',
             v_job.idempotency_key) AS details
    UNION ALL
    SELECT v_job.started_at, 'job.started', '{}' WHERE v_job.started_at IS NOT NULL
    UNION ALL
    SELECT v_job.claimed_at, 'job.claimed', jsonb_build_object('node', v_job.claimed_by,
      'attempts', v_job.attempts)
     WHERE v_job.claimed_at IS NOT NULL
    UNION ALL
    SELECT v_job.finished_at, 'job.' || v_job.status,
           jsonb_build_object('error', v_job.error, 'class', v_job.error_details->>'class',
                              'raw', v_job.error_details->>'raw', 'video', v_job.video_url)
     WHERE v_job.finished_at IS NOT NULL
    UNION ALL
    SELECT l.created_at, 'credits.' || l.kind, jsonb_build_object('amount', l.amount)
      FROM credit_ledger l WHERE l.job_id = p_job AND l.kind IN ('charge', 'refund')
    UNION ALL
    SELECT k.intent_at, 'task.announced',
           jsonb_build_object('attempt', k.attempt, 'model', k.model, 'key', k.kie_api_key,
             'token', k.token)
      FROM job_tasks k WHERE k.job_id = p_job
    UNION ALL
    SELECT k.created_at, 'task.created', jsonb_build_object('task', k.task_id, 'attempt', k.attempt)
      FROM job_tasks k WHERE k.job_id = p_job AND k.created_at IS NOT NULL
    UNION ALL
    SELECT k.abandoned_at, 'task.abandoned', jsonb_build_object('task', k.task_id, 'attempt',
      k.attempt)
      FROM job_tasks k WHERE k.job_id = p_job AND k.abandoned_at IS NOT NULL
    UNION ALL
    SELECT e.created_at, e.what, e.details FROM job_events e WHERE e.job_id = p_job
    UNION ALL
    -- There is no index by job: the one by age narrows it down to the job's time.
    SELECT n.at, 'message.' || n.kind || n.suffix, n.details
      FROM (SELECT m.created_at AS at, m.kind, ' written' AS suffix, m.payload AS details,
        m.job_id, m.created_at FROM notifications m
            UNION ALL
            SELECT m.sent_at, m.kind, CASE WHEN m.dropped_at IS NULL
              THEN ' sent' ELSE ' dropped' END,
                   jsonb_build_object('error', m.error), m.job_id, m.created_at
              FROM notifications m WHERE m.sent_at IS NOT NULL) n
     WHERE n.job_id = p_job AND n.created_at >= v_job.created_at
       AND n.created_at <= coalesce(v_job.finished_at, now()) + interval '3 days') t
   ORDER BY t.at;
END $$;
