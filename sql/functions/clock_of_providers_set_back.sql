-- follow_clock() for outages: since when a provider is down or doubted, which of its watchers live, what
-- failed within the last minute. Otherwise patience ends as much later as the clock was set back, and
-- watchers that have gone count as alive for as long.
CREATE OR REPLACE FUNCTION clock_of_providers_set_back(p_now timestamptz, p_back interval)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM providers p ORDER BY p.name FOR UPDATE;
  UPDATE providers p
     SET down_since = moved_back(p.down_since, p_now, p_back),
         began_at = moved_back(p.began_at, p_now, p_back),
         declared_at = moved_back(p.declared_at, p_now, p_back),
         ended_at = moved_back(p.ended_at, p_now, p_back),
         doubted_since = moved_back(p.doubted_since, p_now, p_back),
         trial_at = moved_back(p.trial_at, p_now, p_back),
         models_out_since = moved_back(p.models_out_since, p_now, p_back),
         shut_since = moved_back(p.shut_since, p_now, p_back);
  UPDATE provider_watchers w
     SET seen_at = moved_back(w.seen_at, p_now, p_back),
         probed_at = moved_back(w.probed_at, p_now, p_back)
   WHERE greatest(w.seen_at, w.probed_at) > p_now;
  UPDATE provider_failures f SET failed_at = moved_back(f.failed_at, p_now, p_back)
   WHERE f.failed_at > p_now;
END $$;
