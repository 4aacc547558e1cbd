-- processing → queued without loss: the task is kept, no attempt is used. An empty `p_jobs` gives
-- back everything the node holds, except what somebody has locked: one operator's open transaction
-- must not keep all others waiting; the caller asks again (held_jobs). `p_claims`: as in the other
-- transitions. `p_delay`: until they are due again. `p_fault`: our program failed on these jobs, and on no other. They pause, ever longer,
-- and the third time without progress a job without a living task fails with refund; if somebody has
-- locked its user, after its next pause. Returns how many jobs were given back or failed.
CREATE OR REPLACE FUNCTION release_jobs(p_node uuid, p_jobs uuid[] DEFAULT '{}',
  p_fault boolean DEFAULT false, p_claims int[] DEFAULT NULL, p_delay interval DEFAULT '0')
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_ours uuid[]; -- locked by us
  v_given int;
BEGIN
  IF cardinality(p_jobs) = 0 THEN
    v_ours := ARRAY(SELECT j.id FROM jobs j
                     WHERE j.claimed_by = p_node AND j.status = 'processing'
                     ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED);
  ELSE
    v_ours := ARRAY(SELECT j.id FROM unnest(p_jobs, p_claims) AS b(id, claim)
                      JOIN jobs j ON j.id = ANY (ARRAY[b.id])
                     WHERE j.claimed_by = p_node AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
                     ORDER BY j.id FOR NO KEY UPDATE OF j);
  END IF;
  WITH given AS (
    UPDATE jobs j
       SET status = 'queued', claimed_by = NULL,
           resumes = j.kie_task_id IS NOT NULL,
           rescues = j.rescues + CASE WHEN p_fault THEN 1 ELSE 0 END,
           blamed = j.blamed + CASE WHEN p_fault THEN 1 ELSE 0 END,
           run_at = now() + CASE WHEN p_fault THEN pause_after(j.rescues + 1)
             ELSE p_delay END,
           updated_at = now()
     WHERE j.id = ANY (v_ours) AND j.status = 'processing'
    RETURNING j.id, j.attempts, j.claim, j.claimed_on, j.claimed_at
  )
  INSERT INTO job_events (job_id, what, node, attempt, claim, claimed_at)
  SELECT g.id, CASE WHEN p_fault THEN 'fault' ELSE 'released' END, g.claimed_on, g.attempts, g.claim,
         g.claimed_at
    FROM given g;
  GET DIAGNOSTICS v_given = ROW_COUNT;
  IF p_fault THEN
    PERFORM fail_condemned_jobs(v_ours);
  ELSIF v_given > 0 AND p_delay = interval '0' THEN
    PERFORM pg_notify('jobs', '');
  END IF;
  RETURN v_given;
END $$;
