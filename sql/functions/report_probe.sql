-- A watcher has probed the provider. A success ends the outage; one that began with jobs that failed
-- although the probe was answered ends with a job that succeeds (watch_provider): one is let through
-- after each answered probe, unless nobody waits. A failure may begin an outage (note_probe).
CREATE OR REPLACE FUNCTION report_probe(p_provider text, p_watcher uuid, p_reached boolean,
                                        p_reason text, p_lease interval)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_row providers := lock_provider(p_provider);
  v_nobody boolean := note_probe(p_provider, p_watcher, p_reached, p_lease);
BEGIN
  IF v_row.down_since IS NULL THEN
    IF v_nobody THEN
      PERFORM begin_outage(p_provider, 'probe', p_reason);
    END IF;
  ELSIF NOT p_reached THEN
    UPDATE providers p SET reason = p_reason WHERE p.name = p_provider;
  ELSIF v_row.cause = 'probe' OR NOT EXISTS (
      SELECT FROM jobs j WHERE j.status = 'queued' AND NOT j.resumes AND j.run_at <= now()) THEN
    PERFORM end_outage(p_provider);
  ELSE
    UPDATE providers p SET trial_at = now() WHERE p.name = p_provider;
    PERFORM pg_notify('jobs', '');
  END IF;
END $$;
