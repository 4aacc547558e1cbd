-- An abandoned task turned out to bring nothing: nobody looks at it again.
CREATE OR REPLACE FUNCTION settle_task(p_token text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE job_tasks t SET settled_at = now()
   WHERE t.token = p_token AND t.settled_at IS NULL AND t.abandoned_at IS NOT NULL;
  RETURN FOUND;
END $$;
