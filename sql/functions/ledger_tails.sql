-- The last `p_limits` movements of credits of each user, newest first.
CREATE OR REPLACE FUNCTION ledger_tails(p_users bigint[], p_limits int[])
RETURNS TABLE(pos bigint, kind text, amount int, created_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT q.position, l.kind, l.amount, l.created_at
    FROM unnest(p_users, p_limits) WITH ORDINALITY AS q(tg_user_id, wanted, position)
    CROSS JOIN LATERAL (SELECT x.* FROM credit_ledger x WHERE x.tg_user_id = q.tg_user_id
                         ORDER BY x.id DESC LIMIT q.wanted) l
   ORDER BY q.position, l.id DESC;
END $$;
