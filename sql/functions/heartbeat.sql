-- "I live": renews the leases of all jobs of the node. True: too late, others have taken its jobs
-- over, and this incarnation will never hold one again. A beat that was on its way when the node left
-- changes nothing of that.
CREATE OR REPLACE FUNCTION heartbeat(p_node uuid, p_name text, p_roles text, p_version text,
  p_stats jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_fenced boolean;
BEGIN
  INSERT INTO nodes AS n (incarnation, name, roles, version, stats)
  VALUES (p_node, p_name, p_roles, p_version, p_stats)
  ON CONFLICT (incarnation) DO UPDATE
    SET name = EXCLUDED.name, roles = EXCLUDED.roles, version = EXCLUDED.version,
        stats = EXCLUDED.stats,
        heartbeat_at = CASE WHEN n.fenced_at IS NULL THEN clock_timestamp() ELSE n.heartbeat_at END
  RETURNING n.fenced_at IS NOT NULL INTO v_fenced;
  RETURN v_fenced;
END $$;
