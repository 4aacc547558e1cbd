-- complete_jobs() for one. False: `p_node` does not hold the job, and nothing was changed.
CREATE OR REPLACE FUNCTION complete_job(p_job uuid, p_node uuid, p_video_url text,
  p_video_bytes bigint DEFAULT 0)
RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM complete_jobs(ARRAY[p_job], ARRAY[p_node], ARRAY[p_video_url],
    ARRAY[p_video_bytes]))
$$;
