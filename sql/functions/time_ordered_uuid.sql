-- A random id that begins with the time in microseconds (RFC 9562, version 7): new rows of a big
-- table lie next to each other in its indexes, so that creating a job costs the same with ten
-- million old ones, and ids order jobs as they were created. One expression that reads the clock
-- once, so that the planner puts it into the statement that calls it.
CREATE OR REPLACE FUNCTION time_ordered_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT (overlay(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 4096000)::bigint), 15, '0')
                  PLACING '7' FROM 13 FOR 0)
          || substring(gen_random_uuid()::text FROM 20))::uuid
$$;
