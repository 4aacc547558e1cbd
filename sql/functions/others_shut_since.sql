-- Since when no other provider that is watched takes jobs: each is down, or none of its keys or of
-- its models may be used. Infinity: one does. Minus infinity: there is no other.
CREATE OR REPLACE FUNCTION others_shut_since(p_provider text) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(CASE WHEN p.down_since IS NOT NULL OR p.shut
                        THEN least(p.down_since, p.shut_since) ELSE 'infinity' END), '-infinity')
    FROM (SELECT DISTINCT w.provider FROM provider_watchers w
           WHERE w.provider <> p_provider
             AND w.seen_at > clock_timestamp() - interval '1 minute') o
    LEFT JOIN providers p ON p.name = o.provider
$$;
