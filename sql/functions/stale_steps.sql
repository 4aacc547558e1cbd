-- Which steps were decided too early: on a session that has changed since, or while an older update
-- of the chat is in the hands of another gateway. That one is waited for only as long as it may
-- reasonably take; one in the same batch is about to be applied. Holds the sessions until the end of
-- the transaction, so that they do not change any more.
CREATE OR REPLACE FUNCTION stale_steps(p_updates bigint[], p_chats bigint[], p_versions bigint[])
RETURNS boolean[] LANGUAGE plpgsql AS $$
DECLARE
  v_stale boolean[] := array_fill(false, ARRAY[cardinality(p_chats)]);
  v_step int;
BEGIN
  IF p_versions IS NULL OR cardinality(p_chats) = 0 THEN
    RETURN v_stale;
  END IF;
  -- A chat without a session has nothing to hold on to: it gets an empty one.
  INSERT INTO sessions (chat_id, state, version)
  SELECT DISTINCT c.chat, '', 0 FROM unnest(p_chats, p_versions) AS c(chat, version)
   WHERE c.version = 0 AND c.chat <> 0 ORDER BY c.chat
  ON CONFLICT DO NOTHING;
  PERFORM 1 FROM sessions s WHERE s.chat_id = ANY (p_chats) ORDER BY s.chat_id FOR NO KEY UPDATE;
  FOR v_step IN
    SELECT c.position FROM unnest(p_chats, p_versions) WITH ORDINALITY AS c(chat, version, position)
      JOIN sessions s ON s.chat_id = ANY (ARRAY[c.chat])
     WHERE s.version <> c.version
  LOOP
    v_stale[v_step] := true;
  END LOOP;
  -- The scalar subquery is a probe of one entry; `update_id + 0`: see the index.
  FOR v_step IN
    SELECT c.position
      FROM unnest(p_updates, p_chats, p_versions) WITH ORDINALITY
           AS c(update_id, chat, version, position)
     WHERE c.chat <> 0 AND c.version IS NOT NULL
       AND (SELECT true FROM updates e
             WHERE e.chat_id = c.chat AND e.update_id + 0 < c.update_id AND e.handled_at IS NULL
               AND e.update_id <> ALL (p_updates)
               AND e.received_at > now() - interval '1 minute' LIMIT 1)
  LOOP
    v_stale[v_step] := true;
  END LOOP;
  RETURN v_stale;
END $$;
