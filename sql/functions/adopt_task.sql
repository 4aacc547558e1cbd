-- A callback brought the task of an announced creation whose answer was lost. Verdicts: adopted (the
-- job has it now), known (nothing new), late (the job went on without it: its video would be a
-- gift), unknown (no such token).
CREATE OR REPLACE FUNCTION adopt_task(p_token text, p_task text)
RETURNS TABLE(verdict text, job_id uuid, holder uuid) LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
  v_settled boolean;
BEGIN
  SELECT j.* INTO v_job FROM job_tasks t JOIN jobs j ON j.id = t.job_id
   WHERE t.token = p_token FOR NO KEY UPDATE OF j;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'unknown', NULL::uuid, NULL::uuid;
    RETURN;
  END IF;
  SELECT t.settled_at IS NOT NULL AND t.task_id = p_task INTO v_settled
    FROM job_tasks t WHERE t.token = p_token;
  IF v_job.kie_task_id = p_task OR v_settled THEN
    RETURN QUERY SELECT 'known', v_job.id, v_job.claimed_by;
  ELSIF v_job.intent_token = p_token AND v_job.kie_task_id IS NULL
        AND v_job.status IN ('queued', 'processing') THEN
    UPDATE jobs j
       SET kie_task_id = p_task, task_created_at = now(), started_told = true, rescues = 0,
           resumes = j.status = 'queued', run_at = least(j.run_at, now()), updated_at = now()
     WHERE j.id = v_job.id;
    UPDATE job_tasks t SET task_id = p_task, created_at = now() WHERE t.token = p_token;
    INSERT INTO job_events (job_id, what, details)
    VALUES (v_job.id, 'task.adopted', jsonb_build_object('task', p_task));
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
