-- processing → failed: one credit back and one notification (by trigger), or nothing at all.
-- `p_details` brings the class and the raw signal. Returns the positions of the jobs that were
-- failed, now or when the same claim asked before: not those to which a callback brought a task
-- that their node has not recorded.
CREATE OR REPLACE FUNCTION fail_jobs_and_refund(p_jobs uuid[], p_nodes uuid[], p_errors text[],
                                                p_details jsonb[], p_alive boolean[],
                                                p_claims int[] DEFAULT NULL,
                                                p_polls int[] DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
  v_done bigint[];
  v_tokens text[];
  v_alive boolean[];
BEGIN
  -- The trigger goes through the users in the order of the jobs: lock them in their own order first.
  PERFORM 1 FROM jobs j WHERE j.id = ANY (p_jobs) ORDER BY j.id FOR NO KEY UPDATE;
  PERFORM 1 FROM users u
    WHERE u.tg_user_id = ANY (ARRAY(SELECT j.tg_user_id FROM jobs j WHERE j.id = ANY (p_jobs)))
    ORDER BY u.tg_user_id FOR NO KEY UPDATE;
  WITH failed AS (
    UPDATE jobs j
       SET status = 'failed', error = b.error, error_details = j.error_details || b.details,
           polls = greatest(j.polls, b.polls)
      FROM (SELECT * FROM unnest(p_jobs, p_nodes, p_errors, p_details, p_alive, p_claims, p_polls)
              WITH ORDINALITY AS x(id, node, error, details, alive, claim, polls, position)
             ORDER BY id) b
     WHERE j.id = ANY (ARRAY[b.id]) AND j.claimed_by = b.node AND NOT j.task_unseen
       AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
    RETURNING b.position, j.intent_token, b.alive
  )
  SELECT array_agg(f.position), array_agg(f.intent_token), array_agg(f.alive)
    INTO v_done, v_tokens, v_alive FROM failed f;
  IF v_done IS NOT NULL THEN
    PERFORM abandon_tasks(v_tokens, v_alive);
  END IF;
  RETURN QUERY SELECT unnest(v_done);
  IF coalesce(cardinality(v_done), 0) < cardinality(p_jobs) THEN
    -- Repeated by somebody who did not hear the answer.
    RETURN QUERY
    SELECT b.position
      FROM unnest(p_jobs, p_claims, p_errors) WITH ORDINALITY AS b(id, claim, error, position)
      JOIN jobs j ON j.id = ANY (ARRAY[b.id])
     WHERE j.status = 'failed' AND j.claim = b.claim AND j.error = b.error
       AND b.position <> ALL (coalesce(v_done, '{}'));
  END IF;
END $$;
