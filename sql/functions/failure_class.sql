-- The class of a job's last failure, as failures are grouped and jobs filtered; that of a failed
-- job without one is UNKNOWN. NULL: none.
CREATE OR REPLACE FUNCTION failure_class(p_job jobs) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce((p_job).error_details->>'class',
                  CASE WHEN (p_job).status = 'failed' THEN 'UNKNOWN' END)
$$;
