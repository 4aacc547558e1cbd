-- Which of these steps (positions, from 1) would have to wait: somebody has locked the update, the
-- chat's session or the user. Waits for nobody. All arrays are parallel.
CREATE OR REPLACE FUNCTION locked_steps(p_updates bigint[], p_chats bigint[], p_users bigint[])
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
  v_chats bigint[] := ARRAY(SELECT s.chat_id FROM sessions s WHERE s.chat_id = ANY (p_chats)
                             ORDER BY s.chat_id FOR NO KEY UPDATE SKIP LOCKED);
  v_updates bigint[] := ARRAY(SELECT u.update_id FROM updates u WHERE u.update_id = ANY (p_updates)
                               ORDER BY u.update_id FOR NO KEY UPDATE SKIP LOCKED);
  v_users bigint[] := ARRAY(SELECT u.tg_user_id FROM users u WHERE u.tg_user_id = ANY (p_users)
                             ORDER BY u.tg_user_id FOR NO KEY UPDATE SKIP LOCKED);
BEGIN
  RETURN QUERY
  SELECT b.position
    FROM unnest(p_updates, p_chats, p_users) WITH ORDINALITY AS b(id, chat, who, position)
   WHERE (b.chat <> ALL (v_chats) AND EXISTS (SELECT FROM sessions s WHERE s.chat_id = b.chat))
      OR (b.id <> ALL (v_updates) AND EXISTS (SELECT FROM updates u WHERE u.update_id = b.id))
      OR (b.who <> ALL (v_users) AND EXISTS (SELECT FROM users u WHERE u.tg_user_id = b.who));
END $$;
