-- What the living nodes tell of their cluster.conf. `digest` is that of the leading coordinator,
-- or else of most; `differ` names those with another. Nodes of programs that do not tell it are
-- not counted.
CREATE OR REPLACE FUNCTION config_now(p_lease interval) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH told AS (
    SELECT n.name, n.stats->'config' AS config, n.stats->'config'->>'digest' AS digest
      FROM nodes n
     WHERE n.left_at IS NULL AND n.fenced_at IS NULL AND n.heartbeat_at >= now() - p_lease
       AND n.stats ? 'config'),
  usual AS (
    SELECT coalesce(max(digest) FILTER (WHERE name = (
      SELECT value->>'leader' FROM settings WHERE key = 'cluster')),
      mode() WITHIN GROUP (ORDER BY digest)) AS digest FROM told),
  words AS (
    SELECT list.key, jsonb_agg(DISTINCT word.value) AS said
      FROM told,
           jsonb_each(told.config) AS list,
           jsonb_array_elements(CASE WHEN jsonb_typeof(list.value) = 'array'
             THEN list.value ELSE '[]' END) AS word
     GROUP BY list.key)
  SELECT jsonb_build_object(
    'digest', (SELECT digest FROM usual),
    'reloaded_at', (SELECT max(config->>'reloaded_at') FROM told),
    'changed', coalesce((SELECT said FROM words WHERE key = 'changed'), '[]'),
    'needs_restart', coalesce((SELECT said FROM words WHERE key = 'needs_restart'), '[]'),
    'refused', coalesce((SELECT said FROM words WHERE key = 'refused'), '[]'),
    'differ', coalesce((SELECT jsonb_agg(DISTINCT name)
      FROM told, usual WHERE told.digest <> usual.digest), '[]'),
    'nodes', coalesce((SELECT jsonb_agg(jsonb_build_object('name', name) || config ORDER BY name)
      FROM told), '[]'))
$$;
