-- retry_jobs() for one. False: `p_node` does not hold the job, and nothing was changed.
CREATE OR REPLACE FUNCTION retry_job(p_job uuid, p_node uuid, p_error text, p_details jsonb,
                                     p_delay interval, p_uses_attempt boolean DEFAULT true,
                                     p_tell_user boolean DEFAULT true,
                                       p_alive boolean DEFAULT false)
RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM retry_jobs(ARRAY[p_job], ARRAY[p_node], ARRAY[p_error],
    ARRAY[p_details],
                                        ARRAY[(extract(epoch FROM p_delay) * 1000)::bigint],
                                        ARRAY[p_uses_attempt], ARRAY[p_tell_user], ARRAY[p_alive]))
$$;
