-- An operator shuts a user out, or lets him in again. NC002: unknown user.
CREATE OR REPLACE FUNCTION operator_ban_user(p_tg_user_id bigint, p_banned boolean, p_operator text,
                                             p_reason text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT ban_user(p_tg_user_id, p_banned) THEN
    RAISE EXCEPTION 'there is no user %', p_tg_user_id USING ERRCODE = 'NC002';
  END IF;
  PERFORM record_operator_action(p_operator,
                                 CASE WHEN p_banned THEN 'users ban' ELSE 'users unban' END,
                                 p_tg_user_id::text, p_reason);
END $$;
