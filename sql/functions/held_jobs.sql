-- What a node holds besides `p_known`: jobs whose claim was committed but whose answer was lost.
CREATE OR REPLACE FUNCTION held_jobs(p_node uuid, p_known uuid[]) RETURNS SETOF jobs
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT j.* FROM jobs j
   WHERE j.claimed_by = p_node AND j.status = 'processing'
     AND NOT EXISTS (SELECT FROM unnest(p_known) AS k(id) WHERE k.id = j.id);
END $$;
