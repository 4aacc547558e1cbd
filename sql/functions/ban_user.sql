-- Shuts a user out, or lets him in again. False: unknown user.
CREATE OR REPLACE FUNCTION ban_user(p_tg_user_id bigint, p_banned boolean DEFAULT true)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET banned_at = CASE WHEN p_banned THEN coalesce(banned_at, now()) END,
    updated_at = now()
   WHERE tg_user_id = p_tg_user_id;
  RETURN FOUND;
END $$;
