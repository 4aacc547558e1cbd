-- Saves prompts of jobs that their nodes hold; an empty source leaves the known one. Returns the
-- positions of those that were saved.
CREATE OR REPLACE FUNCTION record_prompts(p_jobs uuid[], p_nodes uuid[], p_prompts text[], p_sources text[])
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  UPDATE jobs j
     SET prompt = b.prompt, prompt_source = coalesce(nullif(b.source, ''), j.prompt_source),
         rescues = 0, updated_at = now()
    FROM (SELECT * FROM unnest(p_jobs, p_nodes, p_prompts, p_sources)
            WITH ORDINALITY AS x(id, node, prompt, source, position) ORDER BY id) b
   WHERE j.id = b.id AND j.claimed_by = b.node AND j.status = 'processing'
  RETURNING b.position;
END $$;
