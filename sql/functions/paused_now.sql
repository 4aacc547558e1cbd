-- All that operators have paused, for `status`: the queue's pause or null, and lists of the others.
CREATE OR REPLACE FUNCTION paused_now() RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'queue', (SELECT pause_json(p) FROM pauses p WHERE p.subject = 'queue' AND p.ends_at > now()),
    'keys', coalesce(jsonb_agg(pause_json(o) ORDER BY o.name)
                       FILTER (WHERE o.subject = 'key'), '[]'),
    'models', coalesce(jsonb_agg(pause_json(o) ORDER BY o.name)
                         FILTER (WHERE o.subject = 'model'), '[]'),
    'nodes', coalesce(jsonb_agg(pause_json(o) ORDER BY o.name)
                        FILTER (WHERE o.subject = 'node'), '[]'))
    FROM pauses o WHERE o.ends_at > now()
$$;
