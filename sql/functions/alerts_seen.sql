-- What the database itself shows that needs a person now: outages that go on or have ended, no key
-- or model left of those that are configured, broken promises, scripts that come from the template
-- (of the 200 videos that were made last within the hour; `p_scripts`: they should not). Keys that
-- cool down for less than a minute have only been asked too often.
CREATE OR REPLACE FUNCTION alerts_seen(p_keys text[], p_models text[], p_scripts boolean)
RETURNS TABLE(cause text, subject text, details jsonb) LANGUAGE sql STABLE AS $$
  SELECT 'outage_began', o.provider,
         jsonb_build_object('minutes', seconds_between(o.began_at, now()) / 60)
    FROM outages o WHERE o.began_at > now() - interval '7 days' AND o.ended_at IS NULL
  UNION ALL
  SELECT 'outage_ended', o.provider,
         jsonb_build_object('minutes', seconds_between(o.began_at, o.ended_at) / 60)
    FROM outages o
   WHERE o.began_at > now() - interval '7 days' AND o.ended_at > now() - interval '70 minutes'
     AND o.ended_at > coalesce((SELECT a.told_at FROM alerts a
                                 WHERE a.cause = 'outage_ended' AND a.subject = o.provider),
                               '-infinity')
  UNION ALL
  SELECT 'no_key', '', jsonb_build_object('count', cardinality(p_keys))
   WHERE cardinality(p_keys) > 0 AND NOT EXISTS (
     SELECT FROM unnest(p_keys) AS c(key)
      WHERE NOT is_paused('key', c.key)
        AND NOT EXISTS (SELECT FROM kie_keys k
                         WHERE k.fingerprint = c.key
                           AND k.blocked_until > now() + interval '1 minute'))
  UNION ALL
  SELECT 'no_model', '', jsonb_build_object('count', cardinality(p_models))
   WHERE cardinality(p_models) > 0 AND NOT EXISTS (
     SELECT FROM unnest(p_models) AS c(model)
      WHERE NOT is_paused('model', c.model)
        AND NOT EXISTS (SELECT FROM kie_models m
                         WHERE m.model = c.model AND m.blocked_until > now()))
  UNION ALL
  SELECT 'promise_broken', '', jsonb_build_object('count', s.value->'broken')
    FROM settings s WHERE s.key = 'audit' AND (s.value->>'broken')::bigint > 0
  UNION ALL
  SELECT 'template_scripts', '', jsonb_build_object('count', x.templates, 'of', x.scripts)
    FROM (SELECT count(*) FILTER (WHERE j.prompt_source = 'template') AS templates,
                 count(*) FILTER (WHERE j.prompt_source IN ('template', 'openai')) AS scripts
            FROM (SELECT f.prompt_source FROM jobs f
                   WHERE f.finished_at IS NOT NULL AND f.finished_at > now() - interval '1 hour'
                   ORDER BY f.finished_at DESC LIMIT 200) j) x
   WHERE p_scripts AND x.templates > 0.5 * x.scripts + 5
$$;
