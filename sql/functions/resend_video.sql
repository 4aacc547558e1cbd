-- The video of a completed job is sent once more. `p_event`: what the job's timeline says. False:
-- there is none to send.
CREATE OR REPLACE FUNCTION resend_video(p_job uuid, p_event text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
  v_sent bigint;
BEGIN
  SELECT * INTO v_job FROM jobs j WHERE j.id = p_job AND j.status = 'completed' FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT max(n.id) INTO v_sent FROM notifications n WHERE n.job_id = p_job AND n.kind = 'job_done';
  IF v_sent IS NOT NULL THEN
    PERFORM send_again(ARRAY[v_sent], p_event);
  ELSE -- swept
    INSERT INTO notifications (chat_id, job_id, kind, payload, renewed_at)
    VALUES (v_job.tg_user_id, p_job, 'job_done',
            jsonb_strip_nulls(jsonb_build_object('attempt', v_job.attempts,
                                                 'narration', v_job.narration)),
            now())
    RETURNING id INTO v_sent;
    INSERT INTO job_events (job_id, what, node, details)
    VALUES (p_job, p_event, acting_node(), jsonb_build_object('notification', v_sent));
    PERFORM pg_notify('outbox', '');
  END IF;
  RETURN true;
END $$;
