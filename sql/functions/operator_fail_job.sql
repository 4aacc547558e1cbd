-- By hand: the job ends as failed, the credit goes back, the user is told. What its task brings
-- after all will be sent as a late video, also when its creation is still under way. Raises NC004
-- for a finished job, NC005 for an unknown one.
CREATE OR REPLACE FUNCTION operator_fail_job(p_job uuid, p_error text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_attempts int;
BEGIN
  UPDATE jobs SET status = 'failed', error = p_error WHERE id = p_job RETURNING attempts INTO v_attempts;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no job %', p_job USING ERRCODE = 'NC005';
  END IF;
  INSERT INTO job_events (job_id, what, node, attempt, details)
  VALUES (p_job, 'operator.fail', acting_node(), v_attempts, jsonb_build_object('error', p_error));
END $$;
