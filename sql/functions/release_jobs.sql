-- processing → queued without loss: the task is kept, no attempt is used. An empty `p_jobs` gives
-- back everything the node holds. `p_fault`: our program failed on these jobs. They pause before they
-- are due again, and it counts as a take-over: the fourth without progress fails the job with refund.
-- Returns how many jobs were given back or failed.
CREATE OR REPLACE FUNCTION release_jobs(p_node uuid, p_jobs uuid[] DEFAULT '{}',
  p_fault boolean DEFAULT false)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_given int;
  v_failed int := 0;
BEGIN
  PERFORM 1 FROM jobs j
    WHERE j.claimed_by = p_node AND j.status = 'processing'
      AND (cardinality(p_jobs) = 0 OR j.id = ANY (p_jobs))
    ORDER BY j.id FOR NO KEY UPDATE;
  IF p_fault THEN
    UPDATE jobs j
       SET status = 'failed', error = 'the program failed on it four times without progress',
           error_details = j.error_details || '{"class": "UNKNOWN", "raw": "rescues exhausted"}'
     WHERE j.claimed_by = p_node AND j.status = 'processing'
       AND (cardinality(p_jobs) = 0 OR j.id = ANY (p_jobs)) AND j.rescues >= 3;
    GET DIAGNOSTICS v_failed = ROW_COUNT;
  END IF;
  WITH given AS (
    UPDATE jobs j
       SET status = 'queued', claimed_by = NULL, claimed_at = NULL,
         resumes = j.kie_task_id IS NOT NULL,
           rescues = j.rescues + CASE WHEN p_fault THEN 1 ELSE 0 END,
           run_at = now() + CASE WHEN p_fault
             THEN (j.rescues + 1) * interval '5 s' ELSE interval '0' END,
           updated_at = now()
     WHERE j.claimed_by = p_node AND j.status = 'processing'
       AND (cardinality(p_jobs) = 0 OR j.id = ANY (p_jobs))
    RETURNING j.id
  )
  INSERT INTO job_events (job_id, what, details)
  SELECT g.id, CASE WHEN p_fault THEN 'fault' ELSE 'released' END, jsonb_build_object('node',
    p_node)
    FROM given g;
  GET DIAGNOSTICS v_given = ROW_COUNT;
  IF v_given > 0 AND NOT p_fault THEN
    PERFORM pg_notify('jobs', '');
  END IF;
  RETURN v_given + v_failed;
END $$;
