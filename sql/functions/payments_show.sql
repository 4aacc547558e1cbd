-- A payment for operators, with the balance of its user, its movements of credits and what
-- operators did with it. NULL: unknown.
CREATE OR REPLACE FUNCTION payments_show(p_charge_id text) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(p) || jsonb_build_object(
           'balance', (SELECT u.credits FROM users u WHERE u.tg_user_id = p.tg_user_id),
           'ledger', coalesce((SELECT jsonb_agg(to_jsonb(l)) FROM (
              SELECT c.kind, c.amount, c.created_at FROM credit_ledger c
               WHERE c.tg_user_id = p.tg_user_id AND c.note = p.charge_id
                 AND c.kind IN ('purchase', 'payment_refund') ORDER BY c.id) l), '[]'),
           'actions', coalesce((SELECT jsonb_agg(to_jsonb(a)) FROM (
              SELECT o.at, o.operator, o.verb, o.reason, o.details FROM operator_actions o
               WHERE o.target = p.charge_id ORDER BY o.id) a), '[]'))
    FROM payments p WHERE p.charge_id = p_charge_id
$$;
