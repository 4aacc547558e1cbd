-- An abandoned task turned out to bring nothing: nobody polls it again.
CREATE OR REPLACE FUNCTION settle_task(p_token text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  WITH settled AS (
    UPDATE job_tasks t SET settled_at = now()
     WHERE t.token = p_token AND t.settled_at IS NULL AND t.abandoned_at IS NOT NULL
    RETURNING t.job_id, t.attempt, t.task_id
  )
  INSERT INTO job_events (job_id, what, node, attempt, details)
  SELECT s.job_id, 'task.settled', acting_node(), s.attempt, jsonb_build_object('task', s.task_id)
    FROM settled s;
  RETURN FOUND;
END $$;
