-- A time of the future as it reads after the clock was set back by `p_back`; any other as it is.
CREATE OR REPLACE FUNCTION moved_back(p_time timestamptz, p_now timestamptz, p_back interval)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_time > p_now AND isfinite(p_time) THEN p_time - p_back ELSE p_time END
$$;
