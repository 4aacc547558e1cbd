-- Telegram tells of a refund. A payment that never reached us is written down as refunded, without
-- credits: should it still come, it brings none. `p_tg_user_id` is who was told, and counts only
-- for such a payment. False: it was known already. Raises NC002 for an unknown user.
CREATE OR REPLACE FUNCTION record_refund(p_tg_user_id bigint, p_charge_id text, p_currency text,
                                         p_amount int, p_payload text DEFAULT '')
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM payments p WHERE p.charge_id = p_charge_id) THEN
    PERFORM record_purchase(p_tg_user_id, p_charge_id, 0, p_currency, p_amount, p_payload);
  END IF;
  RETURN (SELECT r.fresh FROM refund_payment(p_charge_id) r);
END $$;
