-- Whether a job is to fail for what it does to its workers: three of them died on it while nothing
-- else was suspect, and its task, if it has one, is past its 30 minutes.
CREATE OR REPLACE FUNCTION is_condemned(p_blamed int, p_task text, p_task_created_at timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT p_blamed >= 3
         AND (p_task IS NULL OR p_task_created_at < now() - interval '30 minutes')
$$;
