-- What Telegram said to the refund that `ask_for_refund` announced as `p_action`: it is done
-- (`p_refusal` NULL), or refused, so that nothing happened and nothing is open any more. Returns
-- what was taken and what was spent, NULL if refused; repeating it changes nothing.
CREATE OR REPLACE FUNCTION conclude_refund(p_charge_id text, p_action bigint, p_refusal text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_result jsonb;
BEGIN
  IF p_refusal IS NULL THEN
    SELECT jsonb_build_object('taken', r.taken, 'shortfall', r.shortfall) INTO v_result
      FROM refund_payment(p_charge_id) r;
  ELSE
    UPDATE payments p SET refund_asked_at = NULL
     WHERE p.charge_id = p_charge_id AND p.refunded_at IS NULL;
  END IF;
  UPDATE operator_actions o
     SET details = coalesce(v_result, jsonb_build_object('refused', p_refusal))
   WHERE o.id = p_action;
  RETURN v_result;
END $$;
