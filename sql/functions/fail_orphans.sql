-- Fails, with refund, the condemned jobs that rescue_expired_jobs() did not give back. Returns how many.
CREATE OR REPLACE FUNCTION fail_orphans() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN fail_condemned_jobs(ARRAY(
    SELECT j.id FROM jobs j
     WHERE j.status = 'processing'
       AND j.claimed_by = ANY (ARRAY(SELECT n.incarnation FROM nodes n WHERE n.fenced_at IS NOT NULL))
       AND is_condemned(j.blamed, j.kie_task_id, j.task_created_at)));
END $$;
