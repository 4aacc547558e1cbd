-- By hand: the video of a completed job is sent again. Raises NC004 for a job without one, NC005 for
-- an unknown one.
CREATE OR REPLACE FUNCTION operator_resend_video(p_job uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
  v_sent bigint;
BEGIN
  SELECT * INTO v_job FROM jobs j WHERE j.id = p_job FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no job %', p_job USING ERRCODE = 'NC005';
  END IF;
  IF v_job.status <> 'completed' THEN
    RAISE EXCEPTION 'job % is %: it has no video', p_job, v_job.status USING ERRCODE = 'NC004';
  END IF;
  SELECT max(n.id) INTO v_sent FROM notifications n WHERE n.job_id = p_job AND n.kind = 'job_done';
  IF v_sent IS NOT NULL THEN
    PERFORM send_again(ARRAY[v_sent], 'operator.resend');
  ELSE -- swept
    INSERT INTO notifications (chat_id, job_id, kind, payload, renewed_at)
    VALUES (v_job.tg_user_id, p_job, 'job_done', jsonb_build_object('attempt', v_job.attempts), now())
    RETURNING id INTO v_sent;
    INSERT INTO job_events (job_id, what, node, details)
    VALUES (p_job, 'operator.resend', acting_node(), jsonb_build_object('notification', v_sent));
    PERFORM pg_notify('outbox', '');
  END IF;
END $$;
