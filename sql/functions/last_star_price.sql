-- What a credit cost the user, in Stars, in the purchase before that was not refunded; no row:
-- there is none. A set, so that the planner puts it into the statement that calls it.
CREATE OR REPLACE FUNCTION last_star_price(p_user bigint) RETURNS SETOF numeric
LANGUAGE sql STABLE AS $$
  SELECT p.amount::numeric / p.credits FROM payments p
   WHERE p.tg_user_id = ANY (ARRAY[p_user]) AND p.credits > 0 AND p.currency = 'XTR'
     AND p.refunded_at IS NULL
   ORDER BY p.created_at DESC LIMIT 1
$$;
