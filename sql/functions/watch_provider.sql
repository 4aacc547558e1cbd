-- Asked by every watcher every few seconds: how the provider stands. Ends an outage with the first job
-- that succeeds, remembers since when no model is left, and tends to the jobs that wait for either. While
-- another provider takes jobs (others_shut_since) these are only the jobs that it does not take.
-- `p_models` and `p_keys`: all that the provider has for us (keys NULL: an older program asks).
-- `probe_wanted`: another watcher does not reach the provider, and this one has not tried since.
CREATE OR REPLACE FUNCTION watch_provider(p_provider text, p_watcher uuid, p_models text[],
                                          p_patience interval, p_keys text[] DEFAULT NULL)
RETURNS TABLE(down boolean, down_ms bigint, why text, probe_wanted boolean, failed int)
LANGUAGE plpgsql AS $$
DECLARE
  v_row providers;
  -- Of the models that no operator has paused: for his pause jobs wait as long as he likes.
  v_out boolean := coalesce((
    SELECT bool_and(EXISTS (SELECT FROM kie_models r
                             WHERE r.model = m.model AND r.blocked_until > now()))
      FROM unnest(p_models) AS m(model) WHERE NOT is_paused('model', m.model)), false);
  v_others timestamptz; -- since when no other takes jobs; infinity: one does
  v_failed int := 0;
BEGIN
  IF cardinality(p_models) > 0 THEN
    INSERT INTO provider_watchers AS w (provider, id) VALUES (p_provider, p_watcher)
    ON CONFLICT (provider, id) DO UPDATE SET seen_at = clock_timestamp();
  END IF; -- else it makes nothing for us, however well it is
  IF p_keys IS NOT NULL THEN
    PERFORM note_shut(p_provider,
                      none_usable('key', p_keys) OR none_usable('model', p_models));
  END IF;
  SELECT * INTO v_row FROM providers p WHERE p.name = p_provider;
  IF v_row.down_since IS NOT NULL
     AND provider_succeeded(p_provider,
                            CASE v_row.cause WHEN 'task' THEN 'task' ELSE 'creation' END,
                            v_row.declared_at) THEN
    v_row := lock_provider(p_provider);
    IF v_row.down_since IS NOT NULL THEN
      PERFORM end_outage(p_provider);
      v_row.down_since := NULL;
    END IF;
  END IF;
  IF v_row.down_since IS NOT NULL THEN
    PERFORM give_attempts_back(p_provider);
  END IF;
  IF v_out AND v_row.models_out_since IS NULL THEN
    v_row := lock_provider(p_provider);
    v_row.models_out_since := coalesce(v_row.models_out_since, now());
    UPDATE providers p SET models_out_since = v_row.models_out_since WHERE p.name = p_provider;
  ELSIF v_row.models_out_since IS NOT NULL AND NOT v_out
        AND provider_succeeded(p_provider, 'creation', v_row.models_out_since) THEN
    UPDATE providers p SET models_out_since = NULL WHERE p.name = p_provider;
  END IF;
  IF v_row.down_since IS NOT NULL OR v_out THEN
    v_others := others_shut_since(p_provider);
    v_failed := tend_delayed_jobs(
      CASE WHEN v_row.down_since IS NULL THEN NULL WHEN v_others = 'infinity' THEN v_row.down_since
        ELSE greatest(v_row.down_since, v_others) END,
      CASE WHEN NOT v_out THEN NULL WHEN v_others = 'infinity' THEN v_row.models_out_since
        ELSE greatest(v_row.models_out_since, v_others) END,
      p_patience, v_row.reason, v_others = 'infinity');
  END IF;
  RETURN QUERY
  SELECT v_row.down_since IS NOT NULL,
         coalesce(greatest(ceil(extract(epoch
           FROM clock_timestamp() - v_row.down_since) * 1000), 0), 0)::bigint,
         v_row.reason,
         v_row.down_since IS NULL AND v_row.doubted_since IS NOT NULL AND NOT EXISTS (
           SELECT FROM provider_watchers w
            WHERE w.provider = p_provider AND w.id = p_watcher
              AND w.probed_at >= v_row.doubted_since),
         v_failed;
END $$;
