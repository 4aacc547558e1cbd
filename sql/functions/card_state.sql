-- How an order stands, as its progress message tells it. Minutes, not seconds: a progress message
-- is edited when it would read otherwise.
CREATE OR REPLACE FUNCTION card_state(p_draft uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_state jsonb;
  v_model text;
  v_low int;
  v_high int;
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
         max(j.model)
    INTO v_state, v_model
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
  -- An honest range needs some videos of the same model.
  SELECT ceil(percentile_cont(0.25) WITHIN GROUP (ORDER BY l.took) / 60),
         ceil(percentile_cont(0.9) WITHIN GROUP (ORDER BY l.took) / 60)
    INTO v_low, v_high
    FROM (SELECT seconds_between(j.started_at, j.finished_at) AS took, j.model
            FROM (SELECT x.* FROM jobs x WHERE x.finished_at IS NOT NULL AND x.status = 'completed'
                   ORDER BY x.finished_at DESC LIMIT 50) j) l
   WHERE l.model IS NOT DISTINCT FROM v_model
  HAVING count(*) >= 5;
  IF v_low IS NOT NULL THEN
    v_state := v_state || jsonb_build_object('low', v_low, 'high', greatest(v_high, v_low));
  END IF;
  RETURN jsonb_strip_nulls(v_state);
END $$;
