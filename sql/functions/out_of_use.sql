-- Which of the keys (`p_subject` 'key') or models ('model') take no new task now, and until when:
-- the end of a cooldown; of what an operator has paused, a moment, because he may resume it any
-- time.
CREATE OR REPLACE FUNCTION out_of_use(p_subject text, p_names text[])
RETURNS TABLE(name text, until timestamptz) LANGUAGE sql STABLE AS $$
  SELECT x.name, max(x.until)
    FROM (SELECT k.fingerprint AS name, k.blocked_until AS until FROM kie_keys k
           WHERE p_subject = 'key' AND k.fingerprint = ANY (p_names) AND k.blocked_until > now()
          UNION ALL
          SELECT m.model, m.blocked_until FROM kie_models m
           WHERE p_subject = 'model' AND m.model = ANY (p_names) AND m.blocked_until > now()
          UNION ALL
          SELECT p.name, least(p.ends_at, now() + interval '5 s') FROM pauses p
           WHERE p.subject = p_subject AND p.name = ANY (p_names) AND p.ends_at > now()) x
   GROUP BY x.name
$$;
