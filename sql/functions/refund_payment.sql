-- The money of a payment has gone back: what is unspent of its credits goes too, as far as the
-- balance reaches; the rest is its shortfall. The user gets a receipt. All of it once: the second
-- time `fresh` is false, and the numbers are those of the first. Raises NC002 for an unknown
-- payment.
CREATE OR REPLACE FUNCTION refund_payment(p_charge_id text)
RETURNS TABLE(fresh boolean, taken int, shortfall int) LANGUAGE plpgsql AS $$
DECLARE
  v_balance int;
  v_payment payments;
  v_taken int;
BEGIN
  SELECT u.credits INTO v_balance FROM users u
   WHERE u.tg_user_id = (SELECT p.tg_user_id FROM payments p WHERE p.charge_id = p_charge_id)
     FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'payment % is unknown', p_charge_id USING ERRCODE = 'NC002';
  END IF;
  SELECT * INTO v_payment FROM payments p WHERE p.charge_id = p_charge_id FOR NO KEY UPDATE;
  IF v_payment.refunded_at IS NOT NULL THEN
    RETURN QUERY SELECT false, v_payment.credits - v_payment.shortfall, v_payment.shortfall;
    RETURN;
  END IF;
  v_taken := least(v_balance, v_payment.credits);
  IF v_taken > 0 THEN
    INSERT INTO credit_ledger (tg_user_id, kind, amount, note)
    VALUES (v_payment.tg_user_id, 'payment_refund', -v_taken, p_charge_id);
    UPDATE users u SET credits = u.credits - v_taken, updated_at = now()
     WHERE u.tg_user_id = v_payment.tg_user_id;
  END IF;
  UPDATE payments p
     SET refunded_at = now(), shortfall = p.credits - v_taken,
         settled_at = coalesce(p.settled_at, CASE WHEN p.credits = 0 THEN now() END)
   WHERE p.charge_id = p_charge_id;
  INSERT INTO notifications (chat_id, kind, payload)
  VALUES (v_payment.tg_user_id, 'payment_refunded',
          jsonb_build_object('stars', v_payment.amount, 'taken', v_taken,
                             'spent', v_payment.credits - v_taken));
  PERFORM pg_notify('outbox', '');
  RETURN QUERY SELECT true, v_taken, v_payment.credits - v_taken;
END $$;
