-- processing → queued, due again after the delay. The task is given up; the attempt is used up or
-- stays open. Its next turn is in the first round in which no job of its user waits, so that
-- neither what is tried again and again nor many that fail at once hold up anybody. The user is
-- told: which attempt comes next, or, once per job, that it waits for a key or a model, or, if no
-- provider takes it (stranded), that it is delayed, as in an outage. Returns the
-- positions of the jobs that were moved, now or when the same claim asked before: not those to
-- which a callback brought a task that their node has not recorded, and which would be paid for
-- twice.
CREATE OR REPLACE FUNCTION retry_jobs(
  p_jobs uuid[], p_nodes uuid[], p_errors text[], p_details jsonb[], p_delays_ms bigint[],
  p_uses_attempt boolean[], p_tell_user boolean[], p_alive boolean[],
  p_claims int[] DEFAULT NULL, p_polls int[] DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
  v_done bigint[];
  v_tokens text[];
  v_alive boolean[];
  v_told boolean;
  v_round bigint := (SELECT last_value FROM claimed_turn);
BEGIN
  WITH found AS MATERIALIZED (
    SELECT b.*, j.tg_user_id, j.intent_token, j.waiting_told OR j.delay_told AS wait_told,
           j.stranded_since IS NOT NULL AS stranded
      FROM unnest(p_jobs, p_nodes, p_errors, p_details, p_delays_ms, p_uses_attempt, p_tell_user,
        p_alive, p_claims, p_polls)
           WITH ORDINALITY AS b(id, node, error, details, delay_ms, uses_attempt, tell, alive,
             claim, polls, position)
      JOIN jobs j ON j.id = ANY (ARRAY[b.id])
     WHERE j.claimed_by = b.node AND NOT j.task_unseen
       AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
     ORDER BY j.id FOR NO KEY UPDATE OF j
  ), before AS MATERIALIZED (
    -- Without a lock on users: a turn that two jobs of one user get is one too early, no more.
    SELECT f.*, v_round + w.waiting
             + row_number() OVER (PARTITION BY f.tg_user_id ORDER BY f.position) AS turn
      FROM found f
     CROSS JOIN LATERAL (
       SELECT count(*) AS waiting
         FROM (SELECT x.status, x.resumes, x.turn FROM jobs x WHERE x.tg_user_id = f.tg_user_id
                ORDER BY x.created_at DESC LIMIT 200) l
        WHERE l.status = 'queued' AND NOT l.resumes AND l.turn > v_round) w
  ), moved AS (
    UPDATE jobs j
       SET status = 'queued', claimed_by = NULL,
           run_at = now() + b.delay_ms * interval '1 ms', turn = b.turn,
           attempt_open = NOT b.uses_attempt,
           polls = greatest(j.polls, b.polls), result_at = NULL,
           rescues = 0, blamed = 0, kie_task_id = NULL, task_created_at = NULL, intent_token = NULL,
           intent_at = NULL, waiting_told = j.waiting_told OR (b.tell AND NOT b.uses_attempt),
           delay_told = j.delay_told OR (b.tell AND NOT b.uses_attempt AND b.stranded),
           updated_at = now()
      FROM before b WHERE j.id = ANY (ARRAY[b.id])
    RETURNING b.*, j.attempts, j.claim AS ended, j.claimed_on, j.claimed_at
  ), noted AS (
    INSERT INTO job_events (job_id, what, node, attempt, claim, claimed_at, details)
    SELECT m.id, 'retry', m.claimed_on, m.attempts, m.ended, m.claimed_at,
           m.details || jsonb_build_object('error', m.error, 'uses_attempt', m.uses_attempt,
                                           'delay_ms', m.delay_ms)
      FROM moved m
  ), told AS (
    INSERT INTO notifications (chat_id, job_id, kind, payload)
    SELECT m.tg_user_id, m.id, CASE WHEN m.uses_attempt THEN 'job_retry'
             WHEN m.stranded THEN 'job_delayed' ELSE 'job_waiting' END,
           jsonb_build_object('attempt', m.attempts + CASE WHEN m.uses_attempt THEN 1 ELSE 0 END)
      FROM moved m
     WHERE m.tell AND (m.uses_attempt OR NOT m.wait_told)
     ORDER BY m.id
    RETURNING id
  )
  SELECT array_agg(m.position), array_agg(m.intent_token), array_agg(m.alive),
         EXISTS (SELECT FROM told)
    INTO v_done, v_tokens, v_alive, v_told
    FROM moved m;
  IF v_done IS NOT NULL THEN
    PERFORM abandon_tasks(v_tokens, v_alive);
    IF EXISTS (SELECT FROM unnest(v_done) AS d(position)
                WHERE p_details[d.position]->>'class' IN ('BILLING', 'KEY_REFUSED')) THEN
      PERFORM raise_alerts(array_agg(lower(x.class)), array_agg(x.provider),
                           array_agg(jsonb_build_object('provider', x.provider)))
         FROM (SELECT DISTINCT p_details[d.position]->>'class' AS class, j.provider
                 FROM unnest(v_done) AS d(position)
                 JOIN jobs j ON j.id = ANY (ARRAY[p_jobs[d.position]])) x
        WHERE x.class IN ('BILLING', 'KEY_REFUSED');
    END IF;
    IF v_told THEN
      PERFORM pg_notify('outbox', '');
    END IF;
  END IF;
  RETURN QUERY SELECT unnest(v_done);
  IF coalesce(cardinality(v_done), 0) < cardinality(p_jobs) THEN
    -- Repeated by somebody who did not hear the answer: his claim ended as he wished.
    RETURN QUERY
    SELECT b.position
      FROM unnest(p_jobs, p_claims) WITH ORDINALITY AS b(id, claim, position)
     WHERE b.claim > 0 AND b.position <> ALL (coalesce(v_done, '{}'))
       AND EXISTS (SELECT FROM job_events e
                    WHERE e.job_id = b.id AND e.what = 'retry'
                      AND coalesce(e.claim, (e.details->>'claim')::int) = b.claim);
  END IF;
END $$;
