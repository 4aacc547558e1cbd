-- Stores updates of Telegram; those known already are left alone. Returns the ids that are new.
CREATE OR REPLACE FUNCTION put_updates(p_ids bigint[], p_chats bigint[], p_kinds text[],
  p_bodies text[])
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  INSERT INTO updates (update_id, chat_id, kind, body)
  SELECT * FROM unnest(p_ids, p_chats, p_kinds, p_bodies) AS u(id, chat, kind, body) ORDER BY id
  ON CONFLICT DO NOTHING
  RETURNING update_id;
END $$;
