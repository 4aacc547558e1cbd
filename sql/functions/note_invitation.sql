-- A user who has just written for the first time, in this transaction, came by another's link.
-- Nothing happens where he was known before, names himself or nobody.
CREATE OR REPLACE FUNCTION note_invitation(p_invited bigint, p_inviter bigint,
                                           p_inviter_credits int, p_invited_credits int)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO referrals (invited, inviter, inviter_credits, invited_credits)
  SELECT n.tg_user_id, i.tg_user_id, p_inviter_credits, p_invited_credits
    FROM users n JOIN users i ON i.tg_user_id = p_inviter
   WHERE n.tg_user_id = p_invited AND n.created_at = now() AND i.tg_user_id <> n.tg_user_id
     AND p_inviter_credits + p_invited_credits > 0
  ON CONFLICT DO NOTHING
$$;
