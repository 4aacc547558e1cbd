-- queued → processing for up to `p_limit` due jobs, of which at most `p_fresh` (NULL: any number)
-- have no task yet; those must have been due for `p_overdue`. Jobs with a task go first:
-- somebody has paid for their videos already. The others go in rounds, one job of each user in every
-- round (jobs.turn). A claim counts an attempt unless the last one is still open (release, take-over, failures of ours).
-- A suspect is claimed only by a node that holds no other, and as long as it is there, no job without
-- a task of which a worker may have died: if the node dies, it is known of what.
-- A node without a row gets one, so that its jobs can be taken over; a fenced one gets no jobs.
CREATE OR REPLACE FUNCTION claim_jobs(p_node uuid, p_limit int, p_fresh int DEFAULT NULL,
  p_overdue interval DEFAULT '0')
RETURNS SETOF jobs LANGUAGE plpgsql AS $$
DECLARE
  v_has_suspect boolean;
  v_name text; -- of the node
BEGIN
  SELECT n.name, x.has_suspect INTO v_name, v_has_suspect
    FROM (SELECT EXISTS (
            SELECT FROM suspects s
             WHERE (SELECT j.claimed_by = p_node AND is_suspect(j.rescues, j.kie_task_id)
                      FROM jobs j WHERE j.id = s.job_id)) AS has_suspect) x
    LEFT JOIN nodes n ON n.incarnation = p_node AND n.fenced_at IS NULL;
  IF v_name IS NULL THEN
    INSERT INTO nodes (incarnation, name) VALUES (p_node, p_node::text) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN; -- fenced
    END IF;
    v_name := p_node;
  END IF;
  -- MATERIALIZED keeps the planner from running a locking subquery more than once.
  RETURN QUERY
  WITH suspect AS MATERIALIZED (
    SELECT j.id, j.resumes FROM suspects s JOIN jobs j ON j.id = ANY (ARRAY[s.job_id])
     WHERE j.status = 'queued' AND is_suspect(j.rescues, j.kie_task_id)
       AND j.run_at <= now() - CASE WHEN j.resumes THEN interval '0' ELSE p_overdue END
       AND (j.resumes OR coalesce(p_fresh, 1) > 0)
       AND NOT v_has_suspect
     ORDER BY j.run_at, j.id LIMIT least(p_limit, 1) FOR UPDATE OF j SKIP LOCKED
  ), resumable AS MATERIALIZED (
    SELECT j.id FROM jobs j
     WHERE j.status = 'queued' AND j.resumes AND j.run_at <= now()
       AND NOT is_suspect(j.rescues, j.kie_task_id)
     ORDER BY j.run_at, j.id LIMIT p_limit - (SELECT count(*) FROM suspect)
       FOR UPDATE SKIP LOCKED
  ), fresh AS MATERIALIZED (
    SELECT j.id, j.turn FROM jobs j
     WHERE j.status = 'queued' AND NOT j.resumes AND j.run_at <= now() - p_overdue
       AND NOT is_suspect(j.rescues, j.kie_task_id)
       AND (j.rescues = 0 OR NOT (v_has_suspect OR EXISTS (SELECT FROM suspect)))
     ORDER BY j.turn, j.run_at, j.id
     LIMIT least(coalesce(p_fresh, p_limit) - (SELECT count(*) FROM suspect s WHERE NOT s.resumes),
                 p_limit - (SELECT count(*) FROM suspect) - (SELECT count(*) FROM resumable))
       FOR UPDATE SKIP LOCKED
  ), round AS MATERIALIZED (
    SELECT begin_turn(max(f.turn)) FROM fresh f
  )
  UPDATE jobs j
     SET status = 'processing', claimed_by = p_node, claimed_at = now(), claimed_on = v_name,
         claim = j.claim + 1, resumes = false, task_unseen = false,
         attempts = j.attempts + CASE WHEN j.attempt_open THEN 0 ELSE 1 END, attempt_open = true,
         started_at = coalesce(j.started_at, greatest(now(), j.created_at)), updated_at = now()
    FROM (SELECT id FROM suspect UNION ALL SELECT id FROM resumable
           UNION ALL SELECT id FROM fresh) picked, round
   WHERE j.id = ANY (ARRAY[picked.id])
  RETURNING j.*;
END $$;
