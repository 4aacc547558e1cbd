-- Fences nodes that have not been heard of for `p_lease` and gives their jobs back to the queue, each
-- with its task. Returns how many were given back or failed.
--
-- Blames nobody without proof: a job is blamed only if its node held no other, or, being suspect, no
-- other on which a worker had died since its last progress. Suspects wait, ever longer. One that was
-- blamed three times and has no living task is not given back; `p_refund`: it is failed, with refund,
-- here and now, as far as nobody has locked its user. Without, that is left to fail_orphans().
CREATE OR REPLACE FUNCTION rescue_expired_jobs(p_lease interval, p_refund boolean DEFAULT true)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_died uuid[]; -- found out now
  v_fenced uuid[];
  v_given int;
BEGIN
  -- The clock was set back: without a new start, the dead would seem alive until it has caught up.
  UPDATE nodes n SET heartbeat_at = now()
   WHERE n.fenced_at IS NULL AND n.heartbeat_at > now() + p_lease;
  WITH died AS (
    UPDATE nodes n SET fenced_at = now()
     WHERE n.incarnation IN (SELECT x.incarnation FROM nodes x
                              WHERE x.fenced_at IS NULL AND x.heartbeat_at < now() - p_lease
                              ORDER BY x.incarnation FOR UPDATE SKIP LOCKED)
    RETURNING n.incarnation
  )
  SELECT coalesce(array_agg(d.incarnation), '{}') INTO v_died FROM died d;
  -- Fenced nodes are searched again each time: a claim that was under way may have committed since.
  -- Nobody died of such a job.
  v_fenced := ARRAY(SELECT n.incarnation FROM nodes n WHERE n.fenced_at IS NOT NULL);
  WITH held AS MATERIALIZED (
    SELECT j.claimed_by AS node, count(*) AS jobs, count(*) FILTER (WHERE j.rescues > 0) AS doubted
      FROM jobs j WHERE j.status = 'processing' AND j.claimed_by = ANY (v_died) GROUP BY 1
  ), orphans AS MATERIALIZED (
    SELECT j.id, j.claimed_by AS node, j.kie_task_id AS task, j.task_created_at, j.rescues, j.blamed
      FROM jobs j
     WHERE j.status = 'processing' AND j.claimed_by = ANY (v_fenced)
       AND NOT is_condemned(j.blamed, j.kie_task_id, j.task_created_at)
     ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED
  ), decided AS (
    SELECT o.*, o.rescues + CASE WHEN h.node IS NULL THEN 0 ELSE 1 END AS now_rescues,
           o.blamed + CASE WHEN h.jobs = 1 OR (h.doubted = 1 AND is_suspect(o.rescues, o.task))
             THEN 1 ELSE 0 END AS now_blamed
      FROM orphans o LEFT JOIN held h ON h.node = o.node
  ), taken AS (
    UPDATE jobs j
       SET rescues = o.now_rescues, blamed = o.now_blamed, updated_at = now(),
           status = CASE WHEN o.guilty THEN 'processing' ELSE 'queued' END,
           claimed_by = CASE WHEN o.guilty THEN j.claimed_by END,
           resumes = NOT o.guilty AND o.task IS NOT NULL,
           run_at = CASE WHEN is_suspect(o.now_rescues, o.task)
             THEN now() + pause_after(o.now_rescues - CASE WHEN o.task IS NULL THEN 1 ELSE 2 END)
             ELSE now() END
      FROM (SELECT g.*, is_condemned(g.now_blamed, g.task, g.task_created_at) AS guilty
              FROM decided g) o
     WHERE j.id = ANY (ARRAY[o.id])
    RETURNING j.id, j.rescues, j.blamed, j.status, j.attempts, j.claim, j.claimed_on, j.claimed_at
  )
  INSERT INTO job_events (job_id, what, node, attempt, claim, claimed_at, details)
  SELECT t.id, 'rescued', t.claimed_on, t.attempts, t.claim, t.claimed_at,
         jsonb_build_object('rescues', t.rescues, 'blamed', t.blamed, 'by', acting_node())
    FROM taken t WHERE t.status = 'queued';
  GET DIAGNOSTICS v_given = ROW_COUNT;
  IF v_given > 0 THEN
    PERFORM pg_notify('jobs', '');
  END IF;
  RETURN v_given + CASE WHEN p_refund THEN fail_orphans() ELSE 0 END;
END $$;
