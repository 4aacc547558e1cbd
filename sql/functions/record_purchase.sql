-- Credits that were paid for; 0: what was paid fits nothing we sell, an operator has to settle it. A
-- charge id counts once: the second time nothing happens (`fresh` is false). Raises NC002 for an
-- unknown user. With the first of these who was invited, both get what they were promised.
CREATE OR REPLACE FUNCTION record_purchase(p_tg_user_id bigint, p_charge_id text, p_credits int,
                                           p_currency text, p_amount int, p_payload text DEFAULT '')
RETURNS TABLE(fresh boolean, new_credits int) LANGUAGE plpgsql AS $$
DECLARE
  v_credits int;
  v_fresh boolean;
BEGIN
  PERFORM lock_payers(ARRAY[p_tg_user_id], ARRAY[p_tg_user_id]);
  SELECT u.credits INTO v_credits FROM users u WHERE u.tg_user_id = p_tg_user_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'user % is unknown', p_tg_user_id USING ERRCODE = 'NC002';
  END IF;
  INSERT INTO payments (charge_id, tg_user_id, credits, currency, amount, payload)
  VALUES (p_charge_id, p_tg_user_id, p_credits, p_currency, p_amount, p_payload)
  ON CONFLICT DO NOTHING;
  v_fresh := FOUND;
  IF v_fresh AND p_credits > 0 THEN
    INSERT INTO credit_ledger (tg_user_id, kind, amount, note)
    VALUES (p_tg_user_id, 'purchase', p_credits, p_charge_id);
    UPDATE users u SET credits = u.credits + p_credits, updated_at = now()
     WHERE u.tg_user_id = p_tg_user_id;
    PERFORM pay_referral(p_tg_user_id);
    SELECT u.credits INTO v_credits FROM users u WHERE u.tg_user_id = p_tg_user_id;
  END IF;
  RETURN QUERY SELECT v_fresh, v_credits;
END $$;
