-- The node that has a job, or had it when it ended. NULL: it waits, or nobody wrote it down.
CREATE OR REPLACE FUNCTION job_node(p_job jobs) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE (p_job).status
           WHEN 'queued' THEN NULL
           WHEN 'processing' THEN (SELECT n.name FROM nodes n
                                    WHERE n.incarnation = (p_job).claimed_by)
           ELSE (p_job).claimed_on END
$$;
