-- Milliseconds since a creation was announced, for the grace in which its task may still be named. The
-- grace counts only time in which the database was written to: after a pause (follow_clock) it begins
-- anew, and until ten seconds after it the age is negative: nothing may be concluded for so long.
CREATE OR REPLACE FUNCTION intent_age(p_intent_at timestamptz) RETURNS bigint
LANGUAGE sql STRICT AS $$
  SELECT milliseconds_between(
    greatest(p_intent_at, CASE WHEN w.resumed_at > p_intent_at
                            THEN w.resumed_at + interval '10 s' END), clock_timestamp())
    FROM (SELECT (
      SELECT CASE WHEN NOT s.value ? 'resumed_at' THEN NULL -- nobody has looked yet
                  WHEN s.updated_at < clock_timestamp() - interval '2 s' THEN clock_timestamp()
                  ELSE (s.value->>'resumed_at')::timestamptz END
        FROM settings s WHERE s.key = 'clock') AS resumed_at) w
$$;
