-- Locks these users and, of those who pay, whoever invited them, by ascending key: a payment may
-- bring credits to both.
CREATE OR REPLACE FUNCTION lock_payers(p_users bigint[], p_payers bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM users u
    WHERE u.tg_user_id = ANY (p_users || ARRAY(
            SELECT r.inviter FROM referrals r
             WHERE r.invited = ANY (p_payers) AND r.paid_at IS NULL))
    ORDER BY u.tg_user_id FOR NO KEY UPDATE;
END $$;
