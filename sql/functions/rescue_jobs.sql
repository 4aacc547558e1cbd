-- Everything that is done every second for jobs whose nodes are gone, in one call of three
-- transactions: the clock first, for one that was set back makes the dead seem alive; and whoever
-- cannot be refunded now must not keep a dead node's jobs from being given back. `p_set_back`: by
-- how many seconds the clock was; `p_given`: how many jobs were given back or failed.
CREATE OR REPLACE PROCEDURE rescue_jobs(p_lease interval, INOUT p_set_back bigint,
  INOUT p_given int)
LANGUAGE plpgsql AS $$
BEGIN
  p_set_back := ceil(extract(epoch FROM follow_clock()))::bigint;
  COMMIT;
  p_given := rescue_expired_jobs(p_lease, false);
  COMMIT;
  p_given := p_given + fail_orphans() + rescue_forgotten_jobs(p_lease);
END $$;
