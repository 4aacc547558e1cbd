-- What orders made from now on are told (domain/expectation); NULL: nothing is known any more.
CREATE OR REPLACE FUNCTION keep_outlook(p_outlook jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO settings AS s (key, value) VALUES ('outlook', coalesce(p_outlook, 'null'))
  ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()
   WHERE s.value IS DISTINCT FROM EXCLUDED.value
$$;
