-- Milliseconds from one moment to another. A person may have written infinity, or a year with six
-- digits, into any column: differences of such moments raise errors, and do not fit. Here they end at
-- 200 years. NULL where a moment is NULL.
CREATE OR REPLACE FUNCTION milliseconds_between(p_from timestamptz, p_to timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN p_from = p_to THEN 0
    ELSE greatest(-6.3e12, least(6.3e12, (extract(epoch FROM p_to)::float8
                                      - extract(epoch FROM p_from)::float8) * 1000)) END::bigint
$$;
