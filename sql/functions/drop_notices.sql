-- Telegram will never take these messages: they are settled, and the reason is kept. `p_blocked`: the
-- user has shut the bot out.
CREATE OR REPLACE FUNCTION drop_notices(p_ids bigint[], p_errors text[], p_blocked boolean[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH dropped AS (
    UPDATE notifications n SET sent_at = now(), dropped_at = now(), tries = n.tries + 1, error = b.error
      FROM (SELECT * FROM unnest(p_ids, p_errors, p_blocked) AS x(id, error, blocked) ORDER BY id) b
     WHERE n.id = ANY (ARRAY[b.id]) AND num_nulls(n.sent_at) = 1
    RETURNING n.chat_id, b.blocked
  )
  UPDATE users u SET blocked_at = coalesce(u.blocked_at, now()), updated_at = now()
    FROM (SELECT DISTINCT chat_id FROM dropped WHERE blocked ORDER BY chat_id) d
   WHERE u.tg_user_id = ANY (ARRAY[d.chat_id]);
END $$;
