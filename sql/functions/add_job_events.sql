-- Lines for the timelines of jobs.
CREATE OR REPLACE FUNCTION add_job_events(p_jobs uuid[], p_whats text[], p_details jsonb[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_events (job_id, what, node, details)
  SELECT e.job, e.what, acting_node(), e.details
    FROM unnest(p_jobs, p_whats, p_details) WITH ORDINALITY AS e(job, what, details, position)
   ORDER BY e.position;
END $$;
