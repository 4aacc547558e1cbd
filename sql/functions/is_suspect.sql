-- Whether a job may be what its workers die of: two of them died on it without progress in between,
-- three if KIE makes its task, because those many are taken over at once and are not slowed down
-- for one crash. A node holds at most one such job.
CREATE OR REPLACE FUNCTION is_suspect(p_rescues int, p_task text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT p_rescues >= CASE WHEN p_task IS NULL THEN 2 ELSE 3 END
$$;
