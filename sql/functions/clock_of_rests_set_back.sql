-- follow_clock() for keys, models, pauses and tasks that may still bring a late video: cooldowns end within
-- their own length, keys keep their turns, reports and tasks are forgotten in time.
CREATE OR REPLACE FUNCTION clock_of_rests_set_back(p_now timestamptz, p_back interval)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE job_tasks t SET abandoned_at = moved_back(t.abandoned_at, p_now, p_back)
   WHERE t.token = ANY (ARRAY(SELECT x.token FROM job_tasks x
                               WHERE x.abandoned_at > p_now AND x.settled_at IS NULL
                               ORDER BY x.token FOR NO KEY UPDATE SKIP LOCKED));
  UPDATE kie_keys k SET blocked_until = moved_back(k.blocked_until, p_now, p_back),
                        last_used_at = moved_back(k.last_used_at, p_now, p_back)
   WHERE greatest(k.blocked_until, k.last_used_at) > p_now;
  UPDATE kie_models m SET blocked_until = moved_back(m.blocked_until, p_now, p_back)
   WHERE m.blocked_until > p_now;
  UPDATE pauses p SET ends_at = moved_back(p.ends_at, p_now, p_back) WHERE p.ends_at > p_now;
  UPDATE kie_model_reports r SET reported_at = moved_back(r.reported_at, p_now, p_back)
   WHERE r.reported_at > p_now;
END $$;
