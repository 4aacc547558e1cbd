-- Consent to a version of the terms. The first consent ever brings the welcome credits.
CREATE OR REPLACE FUNCTION accept_terms(p_tg_user_id bigint, p_version text, p_welcome int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET terms_version = p_version, terms_accepted_at = now(), updated_at = now()
   WHERE tg_user_id = p_tg_user_id;
  IF p_welcome > 0 THEN
    INSERT INTO credit_ledger (tg_user_id, kind, amount) VALUES (p_tg_user_id, 'welcome', p_welcome)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
      UPDATE users SET credits = credits + p_welcome WHERE tg_user_id = p_tg_user_id;
    END IF;
  END IF;
END $$;
