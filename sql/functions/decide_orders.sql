-- Which orders can be paid: for each step 0 (no order), 1 (accepted), 2 (repeated: some job of the
-- draft exists), 3 (not enough credits), 4 (more unfinished jobs than `p_limits`, one per order,
-- allows; 0: any number). Locks the buyers; orders of one buyer are decided in their order against
-- what the earlier ones leave. `p_applies` says which steps count at all.
CREATE OR REPLACE FUNCTION decide_orders(p_applies boolean[], p_buyers bigint[], p_steps int[],
                                         p_drafts uuid[], p_sizes int[], p_first_keys text[],
                                         p_limits int[] DEFAULT NULL)
RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  v_outcomes int[] := array_fill(0, ARRAY[cardinality(p_buyers)]);
  v_order record;
  v_buyer bigint;
  v_left int;
  v_unfinished int;
  v_accepted uuid[];
BEGIN
  PERFORM 1 FROM users u
    WHERE u.tg_user_id = ANY (ARRAY(SELECT p_buyers[s]
      FROM unnest(p_steps) AS s WHERE p_applies[s]))
    ORDER BY u.tg_user_id FOR NO KEY UPDATE;
  FOR v_order IN
    SELECT o.step, o.draft, o.size, p_buyers[o.step] AS buyer, coalesce(u.credits, 0) AS credits,
           EXISTS (SELECT FROM jobs j WHERE j.idempotency_key = o.first_key) AS exists_already,
           coalesce(o.most, 0) AS most
      FROM unnest(p_steps, p_drafts, p_sizes, p_first_keys, p_limits)
             AS o(step, draft, size, first_key, most)
      LEFT JOIN users u ON u.tg_user_id = ANY (ARRAY[p_buyers[o.step]])
     WHERE p_applies[o.step]
     ORDER BY buyer, o.step
  LOOP
    IF v_buyer IS DISTINCT FROM v_order.buyer THEN
      v_buyer := v_order.buyer;
      v_left := v_order.credits;
      v_unfinished := CASE WHEN v_order.most > 0
        THEN unfinished_jobs(v_buyer, v_order.most) ELSE 0 END;
      v_accepted := '{}';
    END IF;
    IF v_order.exists_already OR v_order.draft = ANY (v_accepted) THEN
      v_outcomes[v_order.step] := 2;
    ELSIF v_order.most > 0 AND v_unfinished + v_order.size > v_order.most THEN
      v_outcomes[v_order.step] := 4;
    ELSIF v_left >= v_order.size THEN
      v_outcomes[v_order.step] := 1;
      v_unfinished := v_unfinished + v_order.size;
      v_left := v_left - v_order.size;
      v_accepted := v_accepted || v_order.draft;
    ELSE
      v_outcomes[v_order.step] := 3;
    END IF;
  END LOOP;
  RETURN v_outcomes;
END $$;
