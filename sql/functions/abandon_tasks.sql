-- Closes the books on the current tasks of jobs that end or begin anew: `p_alive` says whether the
-- task may still bring a video, which would then be sent as a late video.
CREATE OR REPLACE FUNCTION abandon_tasks(p_tokens text[], p_alive boolean[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE job_tasks t
     SET abandoned_at = now(), settled_at = CASE WHEN b.alive THEN NULL ELSE now() END
    FROM unnest(p_tokens, p_alive) AS b(token, alive)
   WHERE t.token = ANY (ARRAY[b.token]);
END $$;
