-- Credits given by an operator, and the user hears of them: an order may be waiting for them. Returns
-- the balance; raises what grant_credits raises.
CREATE OR REPLACE FUNCTION grant_and_tell(p_tg_user_id bigint, p_amount int,
  p_note text DEFAULT NULL)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_credits int := grant_credits(p_tg_user_id, p_amount, p_note);
BEGIN
  IF p_amount > 0 THEN
    INSERT INTO notifications (chat_id, kind, payload)
    VALUES (p_tg_user_id, 'credits_granted', jsonb_build_object('amount', p_amount));
    PERFORM pg_notify('outbox', '');
  END IF;
  RETURN v_credits;
END $$;
