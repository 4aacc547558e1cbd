-- Writes down how a watcher's probe went. True: no living watcher reaches the provider. A watcher
-- that is cut off alone proves nothing: the first that fails asks the others to try, and one that
-- does not answer the question within 15 seconds is not waited for. The caller has locked the provider.
CREATE OR REPLACE FUNCTION note_probe(p_provider text, p_watcher uuid, p_reached boolean,
                                      p_lease interval)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_doubted timestamptz;
BEGIN
  INSERT INTO provider_watchers AS w (provider, id, seen_at, probed_at, reached)
  VALUES (p_provider, p_watcher, clock_timestamp(), clock_timestamp(), p_reached)
  ON CONFLICT (provider, id) DO UPDATE
    SET seen_at = EXCLUDED.seen_at, probed_at = EXCLUDED.probed_at, reached = EXCLUDED.reached;
  IF p_reached THEN
    UPDATE providers p SET doubted_since = NULL
     WHERE p.name = p_provider AND p.doubted_since IS NOT NULL;
    RETURN false;
  END IF;
  SELECT p.doubted_since INTO v_doubted FROM providers p WHERE p.name = p_provider;
  IF v_doubted IS NULL OR v_doubted > clock_timestamp() THEN
    v_doubted := now();
    UPDATE providers p SET doubted_since = v_doubted WHERE p.name = p_provider;
    PERFORM pg_notify('providers', p_provider);
  END IF;
  RETURN NOT EXISTS (
    SELECT FROM provider_watchers w
     WHERE w.provider = p_provider AND w.seen_at > clock_timestamp() - p_lease
       AND CASE WHEN w.probed_at >= v_doubted THEN w.reached
                ELSE v_doubted > clock_timestamp() - interval '15 seconds' END);
END $$;
