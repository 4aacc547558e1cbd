-- Payments for operators, newest first; `p_tg_user_id` NULL: of everybody.
CREATE OR REPLACE FUNCTION payments_list(p_tg_user_id bigint, p_limit int DEFAULT 50) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.created_at DESC, x.charge_id), '[]')
    FROM (SELECT p.charge_id, p.tg_user_id, p.credits, p.amount, p.currency, p.provider,
                 p.created_at, p.settled_at, p.refund_asked_at, p.refunded_at, p.shortfall
            FROM payments p WHERE p_tg_user_id IS NULL OR p.tg_user_id = p_tg_user_id
           ORDER BY p.created_at DESC, p.charge_id LIMIT p_limit) x
$$;
