-- Tasks their jobs went on without and that may still bring a video, for two days; older ones are
-- settled. In no order, so that many of which nothing is ever heard cannot hide the others.
CREATE OR REPLACE FUNCTION late_tasks(p_limit int)
RETURNS TABLE(token text, task_id text, kie_api_key text, model text, job_id uuid,
  abandoned_at timestamptz, provider text)
LANGUAGE plpgsql AS $$
BEGIN
  WITH settled AS (
    UPDATE job_tasks t SET settled_at = now()
     WHERE t.abandoned_at < now() - interval '2 days' AND t.settled_at IS NULL
    RETURNING t.job_id, t.attempt, t.task_id
  )
  INSERT INTO job_events (job_id, what, node, attempt, details)
  SELECT s.job_id, 'task.settled', acting_node(), s.attempt, jsonb_build_object('task', s.task_id)
    FROM settled s;
  RETURN QUERY
  SELECT t.token, t.task_id, t.kie_api_key, t.model, t.job_id, t.abandoned_at, t.provider
    FROM job_tasks t
   WHERE t.abandoned_at IS NOT NULL AND t.settled_at IS NULL AND t.task_id IS NOT NULL
   ORDER BY random() LIMIT p_limit;
END $$;
