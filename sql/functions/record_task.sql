-- record_tasks() for one. False: `p_node` does not hold the job, and nothing was changed.
CREATE OR REPLACE FUNCTION record_task(p_job uuid, p_node uuid, p_task text)
RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM record_tasks(ARRAY[p_job], ARRAY[p_node], ARRAY[p_task]))
$$;
