-- Jobs that wait or run without a task of KIE's. In a database that was restored they may have had
-- one since: to run them is to pay for it again.
CREATE OR REPLACE FUNCTION jobs_without_task() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT id FROM jobs WHERE status IN ('queued', 'processing') AND kie_task_id IS NULL ORDER BY id
$$;
