-- Credits given (or, with a negative amount, taken back) by an operator; returns the balance.
-- Credits given settle what the user has paid without getting any. Raises NC002 for an unknown user,
-- NC001 if the balance would fall below zero.
CREATE OR REPLACE FUNCTION grant_credits(p_tg_user_id bigint, p_amount int,
  p_note text DEFAULT NULL)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_credits int;
BEGIN
  SELECT u.credits INTO v_credits FROM users u WHERE u.tg_user_id = p_tg_user_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'user % is unknown', p_tg_user_id USING ERRCODE = 'NC002';
  END IF;
  IF v_credits + p_amount < 0 THEN
    RAISE EXCEPTION 'user % has only % credits', p_tg_user_id, v_credits USING ERRCODE = 'NC001';
  END IF;
  INSERT INTO credit_ledger (tg_user_id, kind, amount, note) VALUES (p_tg_user_id, 'grant',
    p_amount, p_note);
  UPDATE users u SET credits = u.credits + p_amount, updated_at = now()
   WHERE u.tg_user_id = p_tg_user_id RETURNING u.credits INTO v_credits;
  IF p_amount > 0 THEN
    UPDATE payments p SET settled_at = now()
     WHERE p.tg_user_id = p_tg_user_id AND p.credits = 0 AND p.settled_at IS NULL;
  END IF;
  RETURN v_credits;
END $$;
