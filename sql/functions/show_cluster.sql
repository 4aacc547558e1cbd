-- What the leading coordinator sees of its cluster, for `status` on any node.
CREATE OR REPLACE FUNCTION show_cluster(p_view text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO settings AS s (key, value) VALUES ('cluster', p_view::jsonb)
  ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now();
END $$;
