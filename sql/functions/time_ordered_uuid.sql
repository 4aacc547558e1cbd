-- A random id that begins with the time in microseconds (RFC 9562, version 7): new rows of a big
-- table lie next to each other in its indexes, so that creating a job costs the same with ten
-- million old ones, and ids order jobs as they were created.
CREATE OR REPLACE FUNCTION time_ordered_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(substring(int8send(t.us / 1000) FROM 3)
                || int2send((28672 + (t.us % 1000) * 4096 / 1000)::int2)
                || substring(uuid_send(gen_random_uuid()) FROM 9), 'hex')::uuid
    FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS us) t
$$;
