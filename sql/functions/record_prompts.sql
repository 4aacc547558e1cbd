-- Saves prompts of jobs that their nodes hold; an empty source leaves the known one, and so does
-- an empty narration (what stands below a video in which nobody speaks). Returns the positions of
-- those that were saved. A prompt that was not there before is progress. One that was only
-- shortened for a model (an empty source) stays the script of its time.
--
-- `= ANY (ARRAY[…])` says `=` to everybody but the planner, who can then only go from the arguments
-- to the rows by their key. As a plain join it may read all jobs in flight for each batch, believing
-- that there are none: its statistics are a minute old, its plan as old as the connection. Naming
-- `status` would offer it the partial index of those jobs; `claimed_by` is set in `processing` only.
--
-- `p_claims`, here and in the other transitions: the number of the claim that the sender works under.
-- Without it, or with 0, any claim of the node is meant.
CREATE OR REPLACE FUNCTION record_prompts(p_jobs uuid[], p_nodes uuid[], p_prompts text[],
  p_sources text[], p_claims int[] DEFAULT NULL, p_narrations text[] DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  UPDATE jobs j
     SET prompt = b.prompt, prompt_source = coalesce(nullif(b.source, ''), j.prompt_source),
         narration = coalesce(nullif(b.narration, ''), j.narration),
         prompt_at = CASE WHEN b.source = '' THEN j.prompt_at ELSE now() END,
         prompt_claim = CASE WHEN b.source = '' THEN j.prompt_claim ELSE j.claim END,
         rescues = CASE WHEN j.prompt IS NULL THEN 0 ELSE j.rescues END,
         blamed = CASE WHEN j.prompt IS NULL THEN 0 ELSE j.blamed END, updated_at = now()
    FROM (SELECT * FROM unnest(p_jobs, p_nodes, p_prompts, p_sources, p_claims, p_narrations)
            WITH ORDINALITY AS x(id, node, prompt, source, claim, narration, position) ORDER BY id) b
   WHERE j.id = ANY (ARRAY[b.id]) AND j.claimed_by = b.node
     AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
  RETURNING b.position;
END $$;
