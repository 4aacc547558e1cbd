-- Telegram will never take these messages: they are settled, and the reason is kept. `p_blocked`: the
-- user has shut the bot out, and whatever else waits for him is settled with it. A card that cannot be
-- edited any more (its user deleted it) is left alone from now on.
CREATE OR REPLACE FUNCTION drop_notices(p_ids bigint[], p_errors text[], p_blocked boolean[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH dropped AS (
    UPDATE notifications n SET sent_at = now(), dropped_at = now(), tries = n.tries + 1,
      error = b.error
      FROM (SELECT * FROM unnest(p_ids, p_errors, p_blocked) AS x(id, error, blocked) ORDER BY id) b
     WHERE n.id = ANY (ARRAY[b.id]) AND num_nulls(n.sent_at) = 1
    RETURNING n.chat_id, b.blocked, n.kind, n.payload
  ), forgotten AS (
    UPDATE cards c SET finished = true
      FROM dropped d WHERE d.kind = 'card' AND c.draft_id = (d.payload->>'draft')::uuid
  )
  UPDATE users u SET blocked_at = coalesce(u.blocked_at, now()), updated_at = now()
    FROM (SELECT DISTINCT chat_id FROM dropped WHERE blocked ORDER BY chat_id) d
   WHERE u.tg_user_id = ANY (ARRAY[d.chat_id]);
  UPDATE notifications n SET sent_at = now(), dropped_at = now(),
    error = 'the user has shut the bot out'
   WHERE n.chat_id IN (SELECT x.chat_id
     FROM notifications x, unnest(p_ids, p_blocked) AS b(id, blocked)
                        WHERE x.id = b.id AND b.blocked)
     AND n.sent_at IS NULL;
END $$;
