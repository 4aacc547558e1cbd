-- An operator wants a payment refunded: kept, with who and why, before Telegram hears of it. What
-- becomes of it is told to `conclude_refund`; until then it is left to operators. Returns the
-- payment, with `action`, the row of operator_actions; NULL there: it was refunded before, and
-- nothing is to be done. NC002: unknown payment; NC004: it was not paid through Telegram.
CREATE OR REPLACE FUNCTION ask_for_refund(p_charge_id text, p_operator text, p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_payment payments;
  v_action bigint;
BEGIN
  SELECT * INTO v_payment FROM payments p WHERE p.charge_id = p_charge_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no payment %', p_charge_id USING ERRCODE = 'NC002';
  END IF;
  IF v_payment.refunded_at IS NULL THEN
    IF v_payment.provider <> 'telegram' THEN
      RAISE EXCEPTION 'payment % was made through %: give the money back there, and take the '
        'credits with "users grant % -%"', p_charge_id, v_payment.provider, v_payment.tg_user_id,
        v_payment.credits USING ERRCODE = 'NC004';
    END IF;
    UPDATE payments p SET refund_asked_at = now() WHERE p.charge_id = p_charge_id
    RETURNING * INTO v_payment;
    v_action := record_operator_action(p_operator, 'payments refund', p_charge_id, p_reason);
  END IF;
  RETURN to_jsonb(v_payment) || jsonb_build_object('action', v_action);
END $$;
