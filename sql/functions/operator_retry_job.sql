-- By hand: the job runs now instead of at its `run_at`; one in processing is taken from its worker
-- and starts with a new task. The old one may still bring a late video, also when its creation is
-- still under way. Raises NC004 for a finished job, NC005 for an unknown one.
CREATE OR REPLACE FUNCTION operator_retry_job(p_job uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
BEGIN
  SELECT * INTO v_job FROM jobs j WHERE j.id = p_job FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no job %', p_job USING ERRCODE = 'NC005';
  END IF;
  IF v_job.status IN ('completed', 'failed') THEN
    RAISE EXCEPTION 'job % is % already', p_job, v_job.status USING ERRCODE = 'NC004';
  END IF;
  IF v_job.status = 'queued' THEN
    UPDATE jobs SET run_at = now(), rescues = 0, blamed = 0, updated_at = now() WHERE id = p_job;
  ELSE
    UPDATE jobs
       SET status = 'queued', claimed_by = NULL, run_at = now(), resumes = false,
           kie_task_id = NULL, task_created_at = NULL, intent_token = NULL, intent_at = NULL,
           rescues = 0, blamed = 0, result_at = NULL, updated_at = now()
     WHERE id = p_job;
    PERFORM abandon_tasks(ARRAY[v_job.intent_token], ARRAY[true]);
    INSERT INTO job_events (job_id, what, node, attempt, claim, claimed_at)
    VALUES (p_job, 'taken_away', v_job.claimed_on, v_job.attempts, v_job.claim, v_job.claimed_at);
  END IF;
  INSERT INTO job_events (job_id, what, node, attempt) VALUES (p_job, 'operator.retry', acting_node(),
    v_job.attempts);
  PERFORM pg_notify('jobs', '');
END $$;
