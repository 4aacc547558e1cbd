-- Which steps were decided on a session that has changed since. Holds the sessions until the end of
-- the transaction, so that they do not change any more.
CREATE OR REPLACE FUNCTION stale_steps(p_chats bigint[], p_versions bigint[])
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
  RETURN v_stale;
END $$;
