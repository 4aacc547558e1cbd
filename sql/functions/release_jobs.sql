-- processing → queued without loss: the task is kept, no attempt is used. An empty `p_jobs` gives
-- back everything the node holds, except what somebody has locked: one operator's open transaction
-- must not keep all others waiting; the caller asks again (held_jobs). `p_fault`: our program failed
-- on these jobs. They pause before they are due again, and it counts as a take-over: the fourth
-- without progress fails the job with refund. Returns how many jobs were given back or failed.
CREATE OR REPLACE FUNCTION release_jobs(p_node uuid, p_jobs uuid[] DEFAULT '{}',
  p_fault boolean DEFAULT false)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_ours uuid[]; -- locked by us
  v_given int;
  v_failed int := 0;
BEGIN
  IF cardinality(p_jobs) = 0 THEN
    v_ours := ARRAY(SELECT j.id FROM jobs j
                     WHERE j.claimed_by = p_node AND j.status = 'processing'
                     ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED);
  ELSE
    v_ours := ARRAY(SELECT j.id FROM jobs j
                     WHERE j.claimed_by = p_node AND j.status = 'processing' AND j.id = ANY (p_jobs)
                     ORDER BY j.id FOR NO KEY UPDATE);
  END IF;
  IF p_fault THEN
    UPDATE jobs j
       SET status = 'failed', error = 'the program failed on it four times without progress',
           error_details = j.error_details || '{"class": "UNKNOWN", "raw": "rescues exhausted"}'
     WHERE j.id = ANY (v_ours) AND j.rescues >= 3;
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
     WHERE j.id = ANY (v_ours) AND j.status = 'processing'
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
