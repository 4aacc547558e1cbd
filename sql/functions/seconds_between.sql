-- Whole seconds from one moment to another, at most 200 years (milliseconds_between).
CREATE OR REPLACE FUNCTION seconds_between(p_from timestamptz, p_to timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (milliseconds_between(p_from, p_to) / 1000.0)::bigint
$$;
