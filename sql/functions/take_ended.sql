-- Jobs that have ended and credits that have moved since somebody asked last, each told once,
-- whichever node asks: it counts them. While somebody else is being told there is nothing. Those
-- younger than three seconds wait: of transactions that run at the same time, the later may commit
-- first. Reads at most `p_limit` jobs, those of one batch more, and five times as many movements.
CREATE OR REPLACE FUNCTION take_ended(p_limit int DEFAULT 1000) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_told jsonb;
  v_until timestamptz := now() - interval '3 s';
  v_jobs jsonb;
  v_last timestamptz;
  v_credits jsonb;
  v_ledger bigint;
BEGIN
  SELECT s.value INTO v_told FROM settings s WHERE s.key = 'ended' FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN '{}';
  END IF;
  -- How long each took, in all and (its last claim) in each stage, in milliseconds. NULL: it was
  -- not in that stage, or an older program did not write its time down. `hit`: whether it took
  -- as long as its user was told; NULL: he was told nothing.
  WITH page AS MATERIALIZED (
    SELECT j.id, j.status, j.error_details->>'class' AS class, j.created_at, j.started_at,
           j.finished_at, j.claimed_at, j.task_created_at, j.result_at, j.intent_token, j.expected,
           CASE WHEN j.prompt_claim = j.claim THEN j.prompt_at END AS prompt_at
      FROM jobs j
     WHERE j.finished_at > (v_told->>'finished_at')::timestamptz AND j.finished_at <= v_until
     ORDER BY j.finished_at FETCH FIRST (p_limit) ROWS WITH TIES
  )
  SELECT jsonb_agg(jsonb_build_object(
           'id', p.id, 'completed', p.status = 'completed', 'class', p.class,
           'took', milliseconds_between(p.created_at, p.finished_at),
           'hit', CASE WHEN p.status = 'completed' THEN
             milliseconds_between(p.created_at, p.finished_at)
               BETWEEN 1000 * p.expected[3]::bigint AND 1000 * p.expected[4]::bigint END,
           'stages', jsonb_build_object(
             'wait', milliseconds_between(p.created_at, p.started_at),
             'prompt', milliseconds_between(p.claimed_at, p.prompt_at),
             'photo', milliseconds_between(coalesce(p.prompt_at, p.claimed_at), k.photo_at),
             'create', milliseconds_between(coalesce(k.photo_at, k.intent_at), p.task_created_at),
             'render', milliseconds_between(p.task_created_at, p.result_at),
             'download', milliseconds_between(p.result_at, p.finished_at)))),
         CASE WHEN count(*) >= p_limit THEN max(p.finished_at) END
    INTO v_jobs, v_last
    FROM page p LEFT JOIN job_tasks k ON k.token = ANY (ARRAY[p.intent_token]);
  WITH page AS MATERIALIZED (
    SELECT l.id, l.kind, l.amount, l.created_at FROM credit_ledger l
     WHERE l.id > (v_told->>'ledger')::bigint ORDER BY l.id LIMIT 5 * p_limit
  ), old AS MATERIALIZED (
    SELECT p.* FROM page p
     WHERE p.id < coalesce((SELECT min(y.id) FROM page y WHERE y.created_at > v_until), p.id + 1)
  ), sums AS (
    SELECT o.kind, count(*) AS times, sum(abs(o.amount)) AS amount, max(o.id) AS last
      FROM old o GROUP BY o.kind
  )
  SELECT jsonb_object_agg(s.kind, jsonb_build_object('times', s.times, 'amount', s.amount)),
         max(s.last)
    INTO v_credits, v_ledger FROM sums s;
  UPDATE settings s
     SET value = jsonb_build_object(
           'finished_at',
             greatest((v_told->>'finished_at')::timestamptz, coalesce(v_last, v_until)),
           'ledger', coalesce(v_ledger, (v_told->>'ledger')::bigint)),
         updated_at = now()
   WHERE s.key = 'ended';
  RETURN jsonb_build_object('jobs', coalesce(v_jobs, '[]'), 'credits', coalesce(v_credits, '{}'));
END $$;
