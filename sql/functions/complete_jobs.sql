-- processing → completed, with the notification that carries the video. Returns the positions of
-- the jobs that were completed, now or when the same claim asked before. `p_result_ages_ms`: how
-- long ago KIE was seen to have the video.
CREATE OR REPLACE FUNCTION complete_jobs(p_jobs uuid[], p_nodes uuid[], p_videos text[],
  p_bytes bigint[], p_claims int[] DEFAULT NULL, p_polls int[] DEFAULT NULL,
  p_result_ages_ms bigint[] DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
  v_done bigint[];
BEGIN
  WITH done AS (
    UPDATE jobs j
       SET status = 'completed', video_url = b.video, video_bytes = b.bytes, claimed_by = NULL,
           attempt_open = false, rescues = 0, blamed = 0, polls = greatest(j.polls, b.polls),
           result_at = now() - b.result_age_ms * interval '1 ms',
           finished_at = greatest(now(), j.started_at), updated_at = now()
      FROM (SELECT * FROM unnest(p_jobs, p_nodes, p_videos, p_bytes, p_claims, p_polls,
                                 p_result_ages_ms)
              WITH ORDINALITY AS x(id, node, video, bytes, claim, polls, result_age_ms, position)
             ORDER BY id) b
     WHERE j.id = ANY (ARRAY[b.id]) AND j.claimed_by = b.node
       AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
    RETURNING b.position, j.id, j.tg_user_id, j.attempts
  ), told AS (
    INSERT INTO notifications (chat_id, job_id, kind, payload)
    SELECT d.tg_user_id, d.id, 'job_done', jsonb_build_object('attempt', d.attempts) FROM done d
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
