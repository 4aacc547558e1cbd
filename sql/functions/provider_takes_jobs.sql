-- Whether jobs may be created at a provider, where there is another: it has a key that may be used,
-- and is up or has a trial left.
CREATE OR REPLACE FUNCTION provider_takes_jobs(p_provider text, p_keys text[],
                                               p_key_providers text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
           SELECT FROM unnest(p_keys, p_key_providers) AS k(key, provider)
            WHERE k.provider = p_provider
              AND k.key NOT IN (SELECT o.name FROM out_of_use('key', p_keys) o))
     AND NOT EXISTS (
           SELECT FROM providers p
            WHERE p.name = p_provider AND p.down_since IS NOT NULL AND p.trial_at IS NULL)
$$;
