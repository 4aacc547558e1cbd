-- Closes the books on the current tasks of jobs that end or begin anew: `p_alive` says whether the
-- task may still bring a video, which would then be sent as a late video. At Runware a task has our
-- token for its id: one whose creation was never answered can be looked for all the same.
CREATE OR REPLACE FUNCTION abandon_tasks(p_tokens text[], p_alive boolean[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE job_tasks t
     SET abandoned_at = now(), settled_at = CASE WHEN b.alive THEN NULL ELSE now() END,
         task_id = coalesce(t.task_id,
                            CASE WHEN b.alive AND t.provider = 'runware' THEN t.token END)
    FROM unnest(p_tokens, p_alive) AS b(token, alive)
   WHERE t.token = ANY (ARRAY[b.token]);
END $$;
