-- By hand: the job ends as failed, the credit goes back, the user is told. Raises NC004 for a
-- finished job, NC005 for an unknown one.
CREATE OR REPLACE FUNCTION operator_fail_job(p_job uuid, p_error text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_token text;
  v_task text;
BEGIN
  UPDATE jobs SET status = 'failed', error = p_error WHERE id = p_job
  RETURNING intent_token, kie_task_id INTO v_token, v_task;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no job %', p_job USING ERRCODE = 'NC005';
  END IF;
  PERFORM abandon_tasks(ARRAY[v_token], ARRAY[v_task IS NOT NULL]);
  INSERT INTO job_events (job_id, what, details)
  VALUES (p_job, 'operator.fail', jsonb_build_object('error', p_error));
END $$;
