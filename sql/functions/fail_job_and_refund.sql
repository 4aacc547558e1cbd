-- fail_jobs_and_refund() for one. False: `p_node` does not hold the job, and nothing was changed.
CREATE OR REPLACE FUNCTION fail_job_and_refund(p_job uuid, p_node uuid, p_error text,
  p_details jsonb DEFAULT '{}')
RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM fail_jobs_and_refund(ARRAY[p_job], ARRAY[p_node], ARRAY[p_error],
                                                  ARRAY[p_details], ARRAY[false]))
$$;
