-- processing → completed, with the notification that carries the video. Returns the positions of
-- the jobs that were completed, now or when the same claim asked before. `p_result_ages_ms`: how
-- long ago KIE was seen to have the video. `p_costs`: what it cost in US$, as far as anybody said;
-- `p_star_values`: US$ that a Star brings, which makes the income.
CREATE OR REPLACE FUNCTION complete_jobs(p_jobs uuid[], p_nodes uuid[], p_videos text[],
  p_bytes bigint[], p_claims int[] DEFAULT NULL, p_polls int[] DEFAULT NULL,
  p_result_ages_ms bigint[] DEFAULT NULL, p_costs numeric[] DEFAULT NULL,
  p_star_values numeric[] DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
  v_done bigint[];
BEGIN
  WITH done AS (
    UPDATE jobs j
       SET status = 'completed', video_url = b.video, video_bytes = b.bytes, claimed_by = NULL,
           attempt_open = false, rescues = 0, blamed = 0, polls = greatest(j.polls, b.polls),
           result_at = now() - b.result_age_ms * interval '1 ms',
           cost = CASE WHEN b.cost IS NULL THEN j.cost ELSE coalesce(j.cost, 0) + b.cost END,
           finished_at = greatest(now(), j.started_at), updated_at = now()
      FROM (SELECT * FROM unnest(p_jobs, p_nodes, p_videos, p_bytes, p_claims, p_polls,
                                 p_result_ages_ms, p_costs, p_star_values)
              WITH ORDINALITY AS x(id, node, video, bytes, claim, polls, result_age_ms, cost,
                                   star_value, position)
             ORDER BY id) b
     WHERE j.id = ANY (ARRAY[b.id]) AND j.claimed_by = b.node
       AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
    RETURNING b.position, j.id, j.tg_user_id, j.attempts, j.narration, j.model, b.cost, b.star_value
  ), told AS (
    INSERT INTO notifications (chat_id, job_id, kind, payload)
    SELECT d.tg_user_id, d.id, 'job_done',
           jsonb_strip_nulls(jsonb_build_object('attempt', d.attempts, 'narration', d.narration))
      FROM done d
  ), earned AS (
    INSERT INTO earnings (day, model, clips, unpriced, cost, income)
    SELECT timezone('UTC', now())::date, coalesce(d.model, ''), count(*),
           count(*) FILTER (WHERE d.cost IS NULL), coalesce(sum(d.cost), 0),
           coalesce(sum(d.star_value * s.price), 0)
      FROM done d LEFT JOIN LATERAL last_star_price(d.tg_user_id) AS s(price) ON true
     GROUP BY coalesce(d.model, '')
  )
  SELECT array_agg(d.position) INTO v_done FROM done d;
  IF v_done IS NOT NULL THEN
    PERFORM pg_notify('outbox', '');
  END IF;
  RETURN QUERY SELECT unnest(v_done);
  IF coalesce(cardinality(v_done), 0) < cardinality(p_jobs) THEN
    -- Repeated by somebody who did not hear the answer.
    RETURN QUERY
    SELECT b.position
      FROM unnest(p_jobs, p_claims, p_videos) WITH ORDINALITY AS b(id, claim, video, position)
      JOIN jobs j ON j.id = ANY (ARRAY[b.id])
     WHERE j.status = 'completed' AND j.claim = b.claim AND j.video_url = b.video
       AND b.position <> ALL (coalesce(v_done, '{}'));
  END IF;
END $$;
