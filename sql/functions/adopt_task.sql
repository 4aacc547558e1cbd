-- A callback brought the task of an announced creation whose answer was lost. Verdicts: adopted
-- (the job has it now), known (the job had it already), late (the job goes on without it: its video
-- would be a late one, unless it is settled), unknown (no such token). A job that has announced no
-- other creation yet takes its task back, however often it was told to try again: a second one
-- would be paid for as well. Whoever holds it must record the task or ask anew before he may end
-- the attempt.
CREATE OR REPLACE FUNCTION adopt_task(p_token text, p_task text)
RETURNS TABLE(verdict text, job_id uuid, holder uuid) LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
  v_creation job_tasks;
BEGIN
  SELECT j.* INTO v_job FROM job_tasks t JOIN jobs j ON j.id = t.job_id
   WHERE t.token = p_token FOR NO KEY UPDATE OF j;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'unknown', NULL::uuid, NULL::uuid;
    RETURN;
  END IF;
  SELECT * INTO v_creation FROM job_tasks t WHERE t.token = p_token FOR NO KEY UPDATE;
  IF v_job.kie_task_id = p_task THEN
    RETURN QUERY SELECT 'known', v_job.id, v_job.claimed_by;
  ELSIF v_job.status IN ('queued', 'processing') AND v_job.kie_task_id IS NULL
        AND coalesce(v_job.intent_token, p_token) = p_token
        AND NOT (v_creation.settled_at IS NOT NULL AND v_creation.task_id IS NOT NULL) THEN
    UPDATE jobs j
       SET kie_task_id = p_task, task_created_at = now(), started_told = true, rescues = 0,
           blamed = 0,
           intent_token = p_token, intent_at = v_creation.intent_at, model = v_creation.model,
           kie_api_key = v_creation.kie_api_key, provider = v_creation.provider, attempt_open = true,
           resumes = j.status = 'queued', task_unseen = j.status = 'processing',
           run_at = least(j.run_at, now()), updated_at = now()
     WHERE j.id = v_job.id;
    UPDATE job_tasks t
       SET task_id = p_task, created_at = now(), abandoned_at = NULL, settled_at = NULL
     WHERE t.token = p_token;
    INSERT INTO job_events (job_id, what, node, attempt, claim, details)
    VALUES (v_job.id, 'task.adopted', acting_node(), v_creation.attempt, v_creation.claim,
            jsonb_build_object('task', p_task));
    IF NOT v_job.started_told THEN
      INSERT INTO notifications (chat_id, job_id, kind, payload)
      VALUES (v_job.tg_user_id, v_job.id, 'job_started', jsonb_build_object('attempt',
        v_job.attempts));
      PERFORM pg_notify('outbox', '');
    END IF;
    IF v_job.status = 'queued' THEN
      PERFORM pg_notify('jobs', '');
    END IF;
    RETURN QUERY SELECT 'adopted', v_job.id, v_job.claimed_by;
  ELSE
    UPDATE job_tasks t
       SET task_id = p_task, created_at = coalesce(t.created_at, now()),
           abandoned_at = coalesce(t.abandoned_at, now())
     WHERE t.token = p_token AND t.settled_at IS NULL;
    RETURN QUERY SELECT 'late', v_job.id, v_job.claimed_by;
  END IF;
END $$;
