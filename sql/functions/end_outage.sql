-- The provider is up again. The caller has locked it.
CREATE OR REPLACE FUNCTION end_outage(p_provider text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM give_attempts_back(p_provider);
  UPDATE providers p
     SET down_since = NULL, ended_at = now(), trial_at = NULL
   WHERE p.name = p_provider;
  UPDATE outages o SET ended_at = now() WHERE o.provider = p_provider AND o.ended_at IS NULL;
  PERFORM pg_notify('providers', p_provider);
  PERFORM pg_notify('jobs', '');
END $$;
