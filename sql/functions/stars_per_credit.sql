-- How many Stars a credit of the user brought: as many as in the purchase before that was not
-- refunded; 0: there is none, and the user spends what was given.
CREATE OR REPLACE FUNCTION stars_per_credit(p_user bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT p.amount::numeric / p.credits FROM payments p
      WHERE p.tg_user_id = ANY (ARRAY[p_user]) AND p.credits > 0 AND p.currency = 'XTR'
        AND p.refunded_at IS NULL
      ORDER BY p.created_at DESC LIMIT 1), 0)
$$;
