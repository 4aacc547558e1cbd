-- Jobs that failed of an outage before it was known to be one go on in the attempt they had used up. Some
-- may still be with their workers: the next call finds them queued.
CREATE OR REPLACE FUNCTION give_attempts_back(p_provider text) RETURNS void LANGUAGE sql AS $$
  WITH failed AS MATERIALIZED (
    SELECT x.id FROM jobs x
     WHERE x.id = ANY (ARRAY(SELECT f.job_id FROM provider_failures f
                              WHERE f.provider = p_provider
                                AND f.failed_at > now() - interval '10 minutes'))
       AND x.status = 'queued' AND NOT x.attempt_open AND x.attempts > 0
     ORDER BY x.id FOR NO KEY UPDATE SKIP LOCKED
  ), reopened AS (
    UPDATE jobs j SET attempt_open = true, updated_at = now()
      FROM failed x WHERE j.id = ANY (ARRAY[x.id])
    RETURNING j.id, j.attempts
  ), noted AS (
    INSERT INTO job_events (job_id, what, node, attempt)
    SELECT r.id, 'attempt_returned', acting_node(), r.attempts FROM reopened r
  )
  DELETE FROM provider_failures f
   WHERE f.provider = p_provider AND f.job_id = ANY (ARRAY(SELECT id FROM reopened))
$$;
