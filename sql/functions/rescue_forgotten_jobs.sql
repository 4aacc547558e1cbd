-- Takes jobs back from nodes that live, but have not known all they hold for ten leases (two minutes
-- at least): a claim was committed after their claimer had gone, or they no longer ask. Nobody is
-- blamed. Whoever works on one all the same is told at his next transition. Nodes that never knew are
-- of an older program, and do not ask. Returns how many jobs were given back.
CREATE OR REPLACE FUNCTION rescue_forgotten_jobs(p_lease interval) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_patience interval := greatest(p_lease * 10, interval '2 min');
  v_given int;
BEGIN
  -- The clock was set back.
  UPDATE nodes n SET knew_all_at = now() WHERE n.fenced_at IS NULL AND n.knew_all_at > now() + p_lease;
  WITH forgotten AS MATERIALIZED (
    SELECT j.id FROM jobs j
     WHERE j.status = 'processing' AND j.claimed_at < now() - v_patience
       AND j.claimed_by = ANY (ARRAY(
         SELECT n.incarnation FROM nodes n
          WHERE n.fenced_at IS NULL AND n.knew_all_at < now() - v_patience))
     ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED
  ), given AS (
    UPDATE jobs j
       SET status = 'queued', claimed_by = NULL, run_at = now(),
           resumes = j.kie_task_id IS NOT NULL, updated_at = now()
      FROM forgotten f WHERE j.id = ANY (ARRAY[f.id])
    RETURNING j.id, j.attempts, j.claim, j.claimed_on, j.claimed_at
  )
  INSERT INTO job_events (job_id, what, node, attempt, claim, claimed_at, details)
  SELECT g.id, 'forgotten', g.claimed_on, g.attempts, g.claim, g.claimed_at,
         jsonb_build_object('by', acting_node())
    FROM given g;
  GET DIAGNOSTICS v_given = ROW_COUNT;
  IF v_given > 0 THEN
    PERFORM pg_notify('jobs', '');
  END IF;
  RETURN v_given;
END $$;
