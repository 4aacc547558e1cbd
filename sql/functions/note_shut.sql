-- A watcher has seen whether the provider has a key and a model that may be used. `shut_since`
-- outlasts the moments between two cooldowns: it ends with a creation that succeeds.
CREATE OR REPLACE FUNCTION note_shut(p_provider text, p_shut boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_row providers;
  v_since timestamptz;
BEGIN
  SELECT * INTO v_row FROM providers p WHERE p.name = p_provider;
  v_since := CASE WHEN p_shut THEN coalesce(v_row.shut_since, now())
               WHEN v_row.shut_since IS NOT NULL
                    AND NOT provider_succeeded(p_provider, 'creation', v_row.shut_since)
               THEN v_row.shut_since END;
  IF p_shut IS NOT DISTINCT FROM coalesce(v_row.shut, false)
     AND v_since IS NOT DISTINCT FROM v_row.shut_since THEN
    RETURN;
  END IF;
  PERFORM lock_provider(p_provider);
  UPDATE providers p SET shut = p_shut, shut_since = v_since WHERE p.name = p_provider;
END $$;
