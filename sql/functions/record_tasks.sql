-- Saves the KIE tasks of jobs that their nodes hold, and tells the user once per job that it began.
-- Returns the positions of those that were saved (again, if they were known already): a task, and word
-- that it was polled, is progress, until its 30 minutes are over. A task that was created after its
-- model's cooldown ends the row of refusals. `p_polls`, here and in the other transitions: how often KIE
-- was asked for the job's tasks so far, by everybody who had it.
CREATE OR REPLACE FUNCTION record_tasks(p_jobs uuid[], p_nodes uuid[], p_tasks text[],
  p_claims int[] DEFAULT NULL, p_polls int[] DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  WITH before AS MATERIALIZED (
    SELECT b.position, b.task, b.polls, j.id, j.started_told,
           coalesce(j.task_created_at < now() - interval '30 minutes', false) AS old
      FROM unnest(p_jobs, p_nodes, p_tasks, p_claims, p_polls)
           WITH ORDINALITY AS b(id, node, task, claim, polls, position)
      JOIN jobs j ON j.id = ANY (ARRAY[b.id])
     WHERE j.claimed_by = b.node
       AND (j.kie_task_id IS NULL OR j.kie_task_id = b.task)
       AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
     ORDER BY j.id FOR NO KEY UPDATE OF j
  ), saved AS (
    UPDATE jobs j
       SET kie_task_id = b.task, task_created_at = coalesce(j.task_created_at, now()),
           started_told = true, task_unseen = false, polls = greatest(j.polls, b.polls),
           rescues = CASE WHEN b.old THEN j.rescues ELSE 0 END,
           blamed = CASE WHEN b.old THEN j.blamed ELSE 0 END, updated_at = now()
      FROM before b WHERE j.id = ANY (ARRAY[b.id])
    RETURNING b.position, b.task, b.started_told, j.id, j.tg_user_id, j.attempts, j.intent_token
  ), remembered AS (
    UPDATE job_tasks t SET task_id = s.task, created_at = coalesce(t.created_at, now())
      FROM saved s WHERE t.token = ANY (ARRAY[s.intent_token])
  ), told AS (
    INSERT INTO notifications (chat_id, job_id, kind, payload)
    SELECT s.tg_user_id, s.id, 'job_started', jsonb_build_object('attempt', s.attempts)
      FROM saved s WHERE NOT s.started_told
  )
  SELECT s.position FROM saved s;
  IF FOUND THEN
    PERFORM pg_notify('outbox', '');
    UPDATE kie_models m SET refusals = 0
     WHERE m.model IN (
       SELECT x.model FROM kie_models x
        WHERE x.refusals > 0 AND x.blocked_until <= now()
          AND EXISTS (SELECT FROM jobs j
            WHERE j.id = ANY (p_jobs) AND j.model = x.model AND j.kie_task_id = ANY (p_tasks)
              AND j.task_created_at > x.blocked_until)
        ORDER BY x.model FOR NO KEY UPDATE);
  END IF;
END $$;
