-- The broadcasts, newest first.
CREATE OR REPLACE FUNCTION broadcasts_list(p_limit int DEFAULT 50) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(broadcast_json(b) ORDER BY b.id DESC), '[]')
    FROM (SELECT x.* FROM broadcasts x ORDER BY x.id DESC LIMIT p_limit) b
$$;
