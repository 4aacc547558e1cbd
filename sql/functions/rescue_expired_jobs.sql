-- Takes back the jobs of nodes that have not been heard of for `p_lease`, and fences those nodes.
-- A job goes on elsewhere with its task; the fourth time without progress in between it fails with
-- refund, because then it is the job that kills its workers. Returns how many jobs were taken back.
CREATE OR REPLACE FUNCTION rescue_expired_jobs(p_lease interval) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_fenced uuid[];
  v_given int;
  v_failed int;
BEGIN
  -- The clock was set back: without a new start, the dead would seem alive until it has caught up.
  UPDATE nodes n SET heartbeat_at = now()
   WHERE n.fenced_at IS NULL AND n.heartbeat_at > now() + p_lease;
  UPDATE nodes n SET fenced_at = now()
   WHERE n.incarnation IN (SELECT x.incarnation FROM nodes x
                            WHERE x.fenced_at IS NULL AND x.heartbeat_at < now() - p_lease
                            ORDER BY x.incarnation FOR UPDATE SKIP LOCKED);
  -- Fenced nodes are searched again each time: a claim that was under way may have committed since.
  v_fenced := ARRAY(SELECT n.incarnation FROM nodes n WHERE n.fenced_at IS NOT NULL);
  WITH orphans AS MATERIALIZED (
    SELECT j.id FROM jobs j
     WHERE j.status = 'processing' AND j.claimed_by = ANY (v_fenced) AND j.rescues < 3
     ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED
  ), given AS (
    UPDATE jobs j
       SET status = 'queued', claimed_by = NULL, claimed_at = NULL, run_at = now(),
           resumes = j.kie_task_id IS NOT NULL, rescues = j.rescues + 1, updated_at = now()
      FROM orphans o WHERE j.id = ANY (ARRAY[o.id])
    RETURNING j.id, j.rescues
  )
  INSERT INTO job_events (job_id, what, details)
  SELECT g.id, 'rescued', jsonb_build_object('rescues', g.rescues) FROM given g;
  GET DIAGNOSTICS v_given = ROW_COUNT;
  WITH orphans AS MATERIALIZED (
    SELECT j.id FROM jobs j
     WHERE j.status = 'processing' AND j.claimed_by = ANY (v_fenced) AND j.rescues >= 3
     ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE jobs j
     SET status = 'failed', error = 'four workers died on it without progress',
         error_details = j.error_details || '{"class": "UNKNOWN", "raw": "rescues exhausted"}'
    FROM orphans o WHERE j.id = ANY (ARRAY[o.id]);
  GET DIAGNOSTICS v_failed = ROW_COUNT;
  IF v_given > 0 THEN
    PERFORM pg_notify('jobs', '');
  END IF;
  RETURN v_given + v_failed;
END $$;
