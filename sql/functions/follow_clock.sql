-- The database's clock may be set back: by NTP, on a machine that was restored, with another server.
-- Whatever was written before would then wait for as long as that, and its own delay besides. So what
-- lies in the future is moved back by as much as the clock was, once. To be called every second or so;
-- returns by how much the clock was set back since the last call, normally zero. An infinite time is
-- an operator's and stays. Which columns move and which only tell what was is written down for every
-- one in tests/integration/db/clock_test.cpp.
CREATE OR REPLACE FUNCTION follow_clock() RETURNS interval LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_seen timestamptz;
  v_back interval;
BEGIN
  -- What was read last, here or by a heartbeat.
  SELECT greatest(s.updated_at, (SELECT max(n.heartbeat_at) FROM nodes n
                                  WHERE n.fenced_at IS NULL -- who is, says nothing more
                                    AND n.heartbeat_at < v_now + interval '1 year'))
    INTO v_seen FROM settings s WHERE s.key = 'clock' FOR UPDATE;
  -- Normally it is read every second: after a longer pause nobody could write, as far as we know.
  UPDATE settings s
     SET updated_at = v_now,
         value = jsonb_build_object('resumed_at',
           CASE WHEN NOT s.value ? 'resumed_at' THEN '-infinity'
                WHEN s.updated_at < v_now - interval '2 s' THEN v_now
                ELSE least((s.value->>'resumed_at')::timestamptz, v_now) END)
   WHERE s.key = 'clock';
  -- Another server's clock may differ by moments. What no clock ever said, somebody wrote by hand.
  IF v_seen IS NULL OR v_seen <= v_now + interval '5 s' OR NOT isfinite(v_seen)
     OR v_seen > v_now + interval '10 years' THEN
    RETURN interval '0';
  END IF;
  v_back := v_seen - v_now;
  PERFORM clock_of_providers_set_back(v_now, v_back); -- locked before jobs, as everywhere

  -- A job that has changed since the clock was set back has its times right. Locked ones are changing.
  UPDATE jobs j
     SET run_at = moved_back(j.run_at, v_now, v_back),
         claimed_at = moved_back(j.claimed_at, v_now, v_back),
         intent_at = moved_back(j.intent_at, v_now, v_back),
         task_created_at = moved_back(j.task_created_at, v_now, v_back),
         stranded_since = moved_back(j.stranded_since, v_now, v_back),
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
  UPDATE notifications n
     SET created_at = moved_back(n.created_at, v_now, v_back),
         renewed_at = moved_back(n.renewed_at, v_now, v_back)
   WHERE n.id = ANY (ARRAY(SELECT x.id FROM notifications x
                            WHERE x.sent_at IS NULL AND greatest(x.created_at, x.renewed_at) > v_now
                            ORDER BY x.id FOR NO KEY UPDATE SKIP LOCKED));
  PERFORM clock_of_rests_set_back(v_now, v_back);
  PERFORM clock_of_nodes_set_back(v_now, v_back);
  UPDATE cards c SET updated_at = c.updated_at - v_back
   WHERE NOT c.finished AND c.updated_at > v_now;
  UPDATE old_files f SET due_at = moved_back(f.due_at, v_now, v_back)
   WHERE f.key = ANY (ARRAY(SELECT x.key FROM old_files x
                             WHERE x.removed_at IS NULL AND x.due_at > v_now
                             ORDER BY x.key FOR UPDATE SKIP LOCKED));
  RETURN v_back;
END $$;
