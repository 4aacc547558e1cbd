-- A time as JSON has it for operators' pages: Unix seconds, to the millisecond.
CREATE OR REPLACE FUNCTION unix_seconds(p_time timestamptz) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN isfinite(p_time) THEN round(extract(epoch FROM p_time)::numeric, 3) END
$$;
