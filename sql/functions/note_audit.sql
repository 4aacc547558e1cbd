-- What an audit found, for `status` on any node: how many promises are broken, and some of them
-- (`p_some`: a list of promise, subject and detail).
CREATE OR REPLACE FUNCTION note_audit(p_broken bigint, p_some jsonb) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO settings AS s (key, value)
  VALUES ('audit', jsonb_build_object('broken', p_broken, 'some', p_some))
  ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()
$$;
