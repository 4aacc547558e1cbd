-- The provider is down for everybody: no job without a task is claimed any more. Within ten minutes of
-- an outage this one continues it. The caller has locked the provider.
CREATE OR REPLACE FUNCTION begin_outage(p_provider text, p_cause text, p_reason text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE providers p
     SET down_since = CASE WHEN p.ended_at > now() - interval '10 minutes'
                        THEN coalesce(p.began_at, now()) ELSE now() END,
         declared_at = now(), cause = p_cause, reason = p_reason, trial_at = NULL,
         doubted_since = NULL
   WHERE p.name = p_provider;
  UPDATE providers p SET began_at = p.down_since WHERE p.name = p_provider;
  INSERT INTO outages (provider, cause, reason) VALUES (p_provider, p_cause, coalesce(p_reason, ''));
  PERFORM pg_notify('providers', p_provider);
END $$;
