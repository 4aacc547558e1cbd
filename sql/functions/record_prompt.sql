-- record_prompts() for one. False: `p_node` does not hold the job, and nothing was changed.
CREATE OR REPLACE FUNCTION record_prompt(p_job uuid, p_node uuid, p_prompt text,
  p_source text DEFAULT NULL)
RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM record_prompts(ARRAY[p_job], ARRAY[p_node], ARRAY[p_prompt],
    ARRAY[p_source]))
$$;
