-- What a node holds besides `p_known`: jobs whose claim was committed but whose answer was lost, also
-- if it was committed long after the node had given it up. `p_claims` has the numbers of the claims of
-- `p_known`; without them, any claim of these jobs is known. If there is nothing, it is written down
-- that the node knows all it holds: the audit and the take-over read that.
CREATE OR REPLACE FUNCTION held_jobs(p_node uuid, p_known uuid[], p_claims int[] DEFAULT NULL)
RETURNS SETOF jobs LANGUAGE plpgsql AS $$
DECLARE
  v_unknown uuid[];
  v_exact boolean := coalesce(cardinality(p_claims), 0) > 0;
BEGIN
  -- EXCEPT compares by hash; as a join it would be a product: other joins are switched off.
  v_unknown := ARRAY(
    SELECT x.id FROM (
      SELECT j.id, CASE WHEN v_exact THEN j.claim ELSE 0 END
        FROM jobs j WHERE j.claimed_by = p_node AND j.status = 'processing'
      EXCEPT
      SELECT k.id, CASE WHEN v_exact THEN k.claim ELSE 0 END
        FROM unnest(p_known, p_claims) AS k(id, claim)) x);
  IF cardinality(v_unknown) > 0 THEN
    RETURN QUERY SELECT j.* FROM jobs j
      WHERE j.id = ANY (v_unknown) AND j.claimed_by = p_node;
    RETURN;
  END IF;
  -- Whoever has locked the row must not keep the node waiting.
  UPDATE nodes n SET knew_all_at = now(), known_jobs = cardinality(p_known)
   WHERE n.incarnation IN (SELECT x.incarnation FROM nodes x WHERE x.incarnation = p_node
                              FOR NO KEY UPDATE SKIP LOCKED);
END $$;
