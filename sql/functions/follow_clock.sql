-- The database's clock may be set back: by NTP, on a machine that was restored, with another server.
-- Whatever was written before would then wait for as long as that, and its own delay besides. So what
-- lies in the future is moved back by as much as the clock was, once. To be called every second or so;
-- returns by how much the clock was set back since the last call, normally zero. An infinite time is
-- an operator's and stays.
CREATE OR REPLACE FUNCTION follow_clock() RETURNS interval LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_seen timestamptz;
  v_back interval;
BEGIN
  -- What was read last, here or by a heartbeat.
  SELECT greatest(s.updated_at, (SELECT max(n.heartbeat_at) FROM nodes n
                                  WHERE n.heartbeat_at < v_now + interval '1 year'))
    INTO v_seen FROM settings s WHERE s.key = 'clock' FOR UPDATE;
  UPDATE settings s SET updated_at = v_now WHERE s.key = 'clock';
  -- Another server's clock may differ by moments. What no clock ever said, somebody wrote by hand.
  IF v_seen IS NULL OR v_seen <= v_now + interval '5 s' OR NOT isfinite(v_seen)
     OR v_seen > v_now + interval '10 years' THEN
    RETURN interval '0';
  END IF;
  v_back := v_seen - v_now;

  -- A job that has changed since the clock was set back has its times right. Locked ones are changing.
  UPDATE jobs j
     SET run_at = CASE WHEN j.run_at > v_now THEN j.run_at - v_back ELSE j.run_at END,
         claimed_at = CASE WHEN j.claimed_at > v_now THEN j.claimed_at - v_back ELSE j.claimed_at END,
         intent_at = CASE WHEN j.intent_at > v_now THEN j.intent_at - v_back ELSE j.intent_at END,
         task_created_at = CASE WHEN j.task_created_at > v_now
           THEN j.task_created_at - v_back ELSE j.task_created_at END,
         updated_at = v_now
   WHERE j.id = ANY (ARRAY(SELECT x.id FROM jobs x WHERE x.status = 'queued' AND x.updated_at > v_now
                            ORDER BY x.id FOR NO KEY UPDATE SKIP LOCKED)
                     || ARRAY(SELECT x.id FROM jobs x
                               WHERE x.status = 'processing' AND x.updated_at > v_now
                               ORDER BY x.id FOR NO KEY UPDATE SKIP LOCKED));
  UPDATE notifications n SET run_at = n.run_at - v_back
   WHERE n.id = ANY (ARRAY(SELECT x.id FROM notifications x
                            WHERE coalesce(x.sent_at, 'infinity') = 'infinity' AND x.run_at > v_now
                            ORDER BY x.id FOR NO KEY UPDATE SKIP LOCKED));
  UPDATE updates u SET received_at = u.received_at - v_back
   WHERE u.update_id = ANY (ARRAY(SELECT x.update_id FROM updates x
                                   WHERE x.handled_at IS NULL AND x.received_at > v_now
                                   ORDER BY x.update_id FOR NO KEY UPDATE SKIP LOCKED));
  UPDATE kie_keys k SET blocked_until = k.blocked_until - v_back
   WHERE k.blocked_until > v_now AND isfinite(k.blocked_until);
  UPDATE kie_models m SET blocked_until = m.blocked_until - v_back
   WHERE m.blocked_until > v_now AND isfinite(m.blocked_until);
  UPDATE nodes n SET heartbeat_at = n.heartbeat_at - v_back
   WHERE n.heartbeat_at > v_now AND n.fenced_at IS NULL;
  UPDATE cards c SET updated_at = c.updated_at - v_back
   WHERE NOT c.finished AND c.updated_at > v_now;
  RETURN v_back;
END $$;
