-- By hand: the video of a completed job is sent again. Raises NC004 for a job without one, NC005 for
-- an unknown one.
CREATE OR REPLACE FUNCTION operator_resend_video(p_job uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_status text;
BEGIN
  IF resend_video(p_job, 'operator.resend') THEN
    RETURN;
  END IF;
  SELECT j.status INTO v_status FROM jobs j WHERE j.id = p_job;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no job %', p_job USING ERRCODE = 'NC005';
  END IF;
  RAISE EXCEPTION 'job % is %: it has no video', p_job, v_status USING ERRCODE = 'NC004';
END $$;
