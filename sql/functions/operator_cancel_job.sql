-- By hand: a job that still waits, and for which KIE makes nothing, ends as failed with its credit back.
-- Raises NC004 for any other job, NC005 for an unknown one.
CREATE OR REPLACE FUNCTION operator_cancel_job(p_job uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
BEGIN
  SELECT * INTO v_job FROM jobs j WHERE j.id = p_job FOR NO KEY UPDATE;
  IF v_job.status <> 'queued' OR v_job.kie_task_id IS NOT NULL THEN
    RAISE EXCEPTION 'job % is % and no longer waits; "jobs fail" ends it all the same', p_job,
      CASE WHEN v_job.status = 'queued' THEN 'at KIE' ELSE v_job.status END USING ERRCODE = 'NC004';
  END IF;
  PERFORM operator_fail_job(p_job, 'cancelled by an operator');
END $$;
