-- The database's clock may be set back (NTP, a restored machine). Whatever was to happen later would
-- then happen later still, by as much. So the last time that was seen is kept, and when the clock
-- falls behind it, all that waits is moved back with it. Within ten seconds, which is how old what was
-- seen may be; called every second by the janitor.
CREATE OR REPLACE FUNCTION follow_clock() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_back interval; -- so far behind the time that was seen
BEGIN
  SELECT s.updated_at - clock_timestamp() INTO v_back FROM settings s WHERE s.key = 'clock';
  IF v_back BETWEEN interval '-10 s' AND interval '1 s' THEN
    RETURN;
  END IF;
  INSERT INTO settings AS s (key, value, updated_at) VALUES ('clock', '{}', clock_timestamp())
  ON CONFLICT (key) DO UPDATE SET updated_at = s.updated_at; -- locks it: others may do the same
  SELECT s.updated_at - clock_timestamp() INTO v_back FROM settings s WHERE s.key = 'clock';
  UPDATE settings s SET updated_at = clock_timestamp() WHERE s.key = 'clock';
  IF v_back <= interval '1 s' THEN
    RETURN;
  END IF;
  UPDATE jobs j SET run_at = greatest(now(), j.run_at - v_back)
   WHERE j.status = 'queued' AND j.run_at > now() AND isfinite(j.run_at);
  UPDATE notifications n SET run_at = greatest(now(), n.run_at - v_back)
   WHERE coalesce(n.sent_at, 'infinity') = 'infinity' AND n.run_at > now() AND isfinite(n.run_at);
  UPDATE updates u SET received_at = u.received_at - v_back
   WHERE u.handled_at IS NULL AND u.received_at > now();
  UPDATE kie_keys k SET blocked_until = greatest(now(), k.blocked_until - v_back)
   WHERE k.blocked_until > now() AND isfinite(k.blocked_until);
  UPDATE kie_models m SET blocked_until = greatest(now(), m.blocked_until - v_back)
   WHERE m.blocked_until > now() AND isfinite(m.blocked_until);
  PERFORM pg_notify('jobs', '');
  PERFORM pg_notify('outbox', '');
  RAISE LOG 'the clock was set back by about %', v_back;
EXCEPTION WHEN lock_not_available THEN
  NULL; -- undone, and tried again in a second
END $$;
