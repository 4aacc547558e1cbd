-- processing → completed, with the notice that carries the video. Returns the positions of the jobs
-- that were completed.
CREATE OR REPLACE FUNCTION complete_jobs(p_jobs uuid[], p_nodes uuid[], p_videos text[],
  p_bytes bigint[])
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  WITH done AS (
    UPDATE jobs j
       SET status = 'completed', video_url = b.video, video_bytes = b.bytes, claimed_by = NULL,
           attempt_open = false, rescues = 0, finished_at = greatest(now(), j.started_at),
           updated_at = now()
      FROM (SELECT * FROM unnest(p_jobs, p_nodes, p_videos, p_bytes)
              WITH ORDINALITY AS x(id, node, video, bytes, position) ORDER BY id) b
     WHERE j.id = ANY (ARRAY[b.id]) AND j.claimed_by = b.node
    RETURNING b.position, j.id, j.tg_user_id, j.attempts
  ), told AS (
    INSERT INTO notifications (chat_id, job_id, kind, payload)
    SELECT d.tg_user_id, d.id, 'job_done', jsonb_build_object('attempt', d.attempts) FROM done d
  )
  SELECT d.position FROM done d;
  IF FOUND THEN
    PERFORM pg_notify('outbox', '');
  END IF;
END $$;
