-- The task a job went on without brought a video after all: sends it as a late video, once per
-- task. False: it was sent or settled before, its job has it back, or nothing is known of the
-- token.
CREATE OR REPLACE FUNCTION give_video(p_token text, p_video text, p_bytes bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_job uuid;
  v_attempt int;
  v_task text;
BEGIN
  UPDATE job_tasks t SET settled_at = now()
   WHERE t.token = p_token AND t.settled_at IS NULL AND t.abandoned_at IS NOT NULL
  RETURNING t.job_id, t.attempt, t.task_id INTO v_job, v_attempt, v_task;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO notifications (chat_id, job_id, kind, payload)
  SELECT j.tg_user_id, j.id, 'gift_video', jsonb_build_object('video', p_video, 'bytes', p_bytes)
    FROM jobs j WHERE j.id = v_job;
  INSERT INTO old_files (key, tg_user_id) SELECT p_video, j.tg_user_id FROM jobs j
    WHERE j.id = v_job AND p_video <> '' ON CONFLICT (key) DO NOTHING;
  INSERT INTO job_events (job_id, what, node, attempt, details)
  VALUES (v_job, 'task.gave_late_video', acting_node(), v_attempt,
          jsonb_build_object('video', p_video, 'task', v_task));
  PERFORM pg_notify('outbox', '');
  RETURN true;
END $$;
