-- queued → processing for up to `p_limit` due jobs, of which at most `p_fresh` (NULL: any number)
-- have no task yet; those must have been due for `p_overdue`. Jobs with a task go first: somebody has
-- paid for their videos already. A claim counts an attempt unless the last one is still open (release, take-over, failures of ours).
-- A node without a row gets one, so that its jobs can be taken over; a fenced one gets no jobs.
CREATE OR REPLACE FUNCTION claim_jobs(p_node uuid, p_limit int, p_fresh int DEFAULT NULL,
  p_overdue interval DEFAULT '0')
RETURNS SETOF jobs LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM nodes n WHERE n.incarnation = p_node AND n.fenced_at IS NULL;
  IF NOT FOUND THEN
    INSERT INTO nodes (incarnation, name) VALUES (p_node, p_node::text) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN; -- fenced
    END IF;
  END IF;
  -- MATERIALIZED keeps the planner from running a locking subquery more than once.
  RETURN QUERY
  WITH begun AS MATERIALIZED (
    SELECT j.id FROM jobs j
     WHERE j.status = 'queued' AND j.resumes AND j.run_at <= now()
     ORDER BY j.run_at, j.id LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), fresh AS MATERIALIZED (
    SELECT j.id FROM jobs j
     WHERE j.status = 'queued' AND NOT j.resumes AND j.run_at <= now() - p_overdue
     ORDER BY j.run_at, j.id
     LIMIT least(coalesce(p_fresh, p_limit), p_limit - (SELECT count(*) FROM begun))
       FOR UPDATE SKIP LOCKED
  )
  UPDATE jobs j
     SET status = 'processing', claimed_by = p_node, claimed_at = now(), resumes = false,
         task_unseen = false,
         attempts = j.attempts + CASE WHEN j.attempt_open THEN 0 ELSE 1 END, attempt_open = true,
         started_at = coalesce(j.started_at, greatest(now(), j.created_at)), updated_at = now()
    FROM (SELECT id FROM begun UNION ALL SELECT id FROM fresh) picked
   WHERE j.id = ANY (ARRAY[picked.id])
  RETURNING j.*;
END $$;
