-- Stores updates of Telegram; those known already are left alone. Returns the ids that are new.
-- `p_receivers`: the lives of the gateways that have them in hand. An update without content is a
-- fault of the program (an older one, during an upgrade), not of the update: it is refused in a way
-- that has Telegram send it again.
CREATE OR REPLACE FUNCTION put_updates(p_ids bigint[], p_chats bigint[], p_kinds text[],
  p_bodies text[], p_receivers uuid[] DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  IF '' = ANY (p_kinds) OR '' = ANY (p_bodies) THEN
    RAISE EXCEPTION 'an update without content; upgrade this node';
  END IF;
  RETURN QUERY
  INSERT INTO updates (update_id, chat_id, kind, body, received_by)
  SELECT * FROM unnest(p_ids, p_chats, p_kinds, p_bodies, p_receivers)
             AS u(id, chat, kind, body, receiver) ORDER BY id
  ON CONFLICT DO NOTHING
  RETURNING update_id;
END $$;
