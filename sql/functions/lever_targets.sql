-- The keys (`p_subject` 'key'), models ('model') or nodes ('node') that there are, for operators:
-- those of the caller's settings in their order, then what else the database knows. `state`: ready,
-- cooling_down or paused; `cooldown_s` null: none, or one without end.
CREATE OR REPLACE FUNCTION lever_targets(p_subject text, p_configured text[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH known AS (
    SELECT c.name, c.position FROM unnest(p_configured) WITH ORDINALITY AS c(name, position)
    UNION ALL SELECT k.fingerprint, NULL FROM kie_keys k WHERE p_subject = 'key'
    UNION ALL SELECT m.model, NULL FROM kie_models m WHERE p_subject = 'model'
    UNION ALL SELECT n.name, NULL FROM nodes n WHERE p_subject = 'node'
    UNION ALL SELECT p.name, NULL FROM pauses p WHERE p.subject = p_subject AND p.ends_at > now()
  ), cooldown AS (
    SELECT k.fingerprint AS name, k.blocked_until AS ends_at, k.reason FROM kie_keys k
     WHERE p_subject = 'key' AND k.blocked_until > now()
    UNION ALL
    SELECT m.model, m.blocked_until, m.reason FROM kie_models m
     WHERE p_subject = 'model' AND m.blocked_until > now()
  )
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           CASE p_subject WHEN 'key' THEN 'fingerprint' ELSE p_subject END, t.name,
           'configured', t.position IS NOT NULL,
           'state', CASE WHEN p.name IS NOT NULL THEN 'paused'
                         WHEN c.name IS NOT NULL THEN 'cooling_down' ELSE 'ready' END,
           'cooldown_s', CASE WHEN isfinite(c.ends_at) THEN seconds_between(now(), c.ends_at) END,
           'cooldown_reason', c.reason,
           'paused', CASE WHEN p.name IS NOT NULL THEN pause_json(p) END)
           ORDER BY t.position, t.name), '[]')
    FROM (SELECT k.name, min(k.position) AS position FROM known k GROUP BY k.name) t
         LEFT JOIN cooldown c ON c.name = t.name
         LEFT JOIN pauses p ON p.subject = p_subject AND p.name = t.name AND p.ends_at > now()
$$;
