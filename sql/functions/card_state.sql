-- How an order stands, as its progress message tells it. Minutes, not seconds: a progress message
-- is edited when it would read otherwise.
CREATE OR REPLACE FUNCTION card_state(p_draft uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_state jsonb;
  v_told int[];
  v_minutes int;
BEGIN
  SELECT jsonb_build_object(
           'total', count(*),
           'done', count(*) FILTER (WHERE j.status = 'completed'),
           'failed', count(*) FILTER (WHERE j.status = 'failed'),
           'making', count(*) FILTER (WHERE j.status NOT IN ('completed', 'failed')
             AND j.kie_task_id IS NOT NULL),
           'writing', count(*) FILTER (WHERE j.status = 'processing' AND j.kie_task_id IS NULL),
           'waiting', count(*) FILTER (WHERE j.status = 'queued' AND j.kie_task_id IS NULL),
           'minutes', seconds_between(min(j.task_created_at)
             FILTER (WHERE j.status NOT IN ('completed', 'failed')), now()) / 60),
         max(j.expected), seconds_between(min(j.created_at), now()) / 60
    INTO v_state, v_told, v_minutes
    FROM jobs j
   WHERE j.idempotency_key = ANY (SELECT p_draft || ':' || i FROM generate_series(0, 4) AS i);
  IF (v_state->>'waiting')::int > 0 THEN
    v_state := v_state || jsonb_build_object('ahead', (
      SELECT count(*) FROM (
        SELECT FROM jobs q
         WHERE q.status = 'queued' AND NOT q.resumes AND q.run_at <= now()
           AND (q.turn, q.run_at) < (
             SELECT j.turn, j.run_at FROM jobs j
              WHERE j.status = 'queued' AND j.kie_task_id IS NULL
                AND j.idempotency_key = ANY (SELECT p_draft || ':' || i
                  FROM generate_series(0, 4) AS i)
              ORDER BY j.turn, j.run_at LIMIT 1)
         LIMIT 1000) before_it));
  END IF;
  -- What was told when it was ordered, for as long as that may still be.
  IF (v_state->>'making')::int > 0 AND v_minutes < v_told[4] / 60 THEN
    v_state := v_state || jsonb_build_object('minutes', v_minutes, 'low', v_told[3] / 60,
                                             'high', v_told[4] / 60);
  END IF;
  RETURN jsonb_strip_nulls(v_state);
END $$;
