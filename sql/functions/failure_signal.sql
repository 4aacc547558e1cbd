-- What is recognised of a job's last failure (error_details.signal, written by its worker): all
-- that is told of what a provider said without being asked for texts, as its words may repeat what
-- the user wrote. Failures are grouped and jobs filtered by it. Of rows of older programs, which
-- have the words alone, the number they begin with; of a failed job with neither: none. NULL: no
-- failure.
CREATE OR REPLACE FUNCTION failure_signal(p_job jobs) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(nullif((p_job).error_details->>'signal', ''),
                  substring((p_job).error_details->>'raw' FROM '^[0-9]{3}\M'),
                  CASE WHEN (p_job).status = 'failed' THEN 'none' END)
$$;
