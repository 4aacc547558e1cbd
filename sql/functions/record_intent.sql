-- record_intents() for one; one row with its verdict.
CREATE OR REPLACE FUNCTION record_intent(p_job uuid, p_node uuid, p_token text, p_keys text[],
                                         p_accounts text[], p_budget int, p_models text[])
RETURNS TABLE(verdict text, key text, model text, wait_ms bigint) LANGUAGE sql AS $$
  SELECT coalesce(r.verdict, 'lease_lost'), r.key, r.model, coalesce(r.wait_ms, 0)
    FROM (SELECT) one
    LEFT JOIN record_intents(ARRAY[p_job], ARRAY[p_node], ARRAY[p_token], p_keys, p_accounts,
      p_budget,
                             p_models) r ON true
$$;
