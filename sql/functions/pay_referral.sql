-- A user has paid: whoever invited him and he himself get what was promised, once. Both hear of it.
-- The caller has locked both (lock_payers) and is the payment's transaction.
CREATE OR REPLACE FUNCTION pay_referral(p_invited bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v referrals;
BEGIN
  UPDATE referrals r SET paid_at = now() WHERE r.invited = p_invited AND r.paid_at IS NULL
  RETURNING * INTO v;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  WITH given AS (
    SELECT g.* FROM (VALUES (v.inviter, v.inviter_credits, 'inviter'),
                            (v.invited, v.invited_credits, 'invited')) AS g(who, amount, role)
     WHERE g.amount > 0
  ), moved AS (
    INSERT INTO credit_ledger (tg_user_id, kind, amount, note)
    SELECT g.who, 'referral', g.amount, 'referral ' || p_invited FROM given g ORDER BY g.who
  ), told AS (
    INSERT INTO notifications (chat_id, kind, payload)
    SELECT g.who, 'referral_paid', jsonb_build_object('amount', g.amount, 'role', g.role)
      FROM given g ORDER BY g.who
  )
  UPDATE users u SET credits = u.credits + g.amount, updated_at = now()
    FROM given g WHERE u.tg_user_id = g.who;
  PERFORM pg_notify('outbox', '');
END $$;
