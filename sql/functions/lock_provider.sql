-- The row of a provider, made when it is first heard of, locked until the transaction ends. Who locks
-- jobs as well locks them after it.
CREATE OR REPLACE FUNCTION lock_provider(p_provider text) RETURNS providers
LANGUAGE plpgsql AS $$
DECLARE
  v_row providers;
BEGIN
  SELECT * INTO v_row FROM providers p WHERE p.name = p_provider FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO providers (name) VALUES (p_provider) ON CONFLICT DO NOTHING;
    SELECT * INTO v_row FROM providers p WHERE p.name = p_provider FOR NO KEY UPDATE;
  END IF;
  RETURN v_row;
END $$;
