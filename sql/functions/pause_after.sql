-- How long a job waits after its worker failed on it for the n-th time: 5 s, 10 s, 20 s … 5 min.
CREATE OR REPLACE FUNCTION pause_after(p_failures int) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_failures < 1 THEN interval '0'
              ELSE least(interval '5 s' * 2 ^ least(p_failures - 1, 10), interval '5 min') END
$$;
