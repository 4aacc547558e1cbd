-- Drafts nobody has touched for `p_keep` are dropped; their photos follow (watch_photos_of_drafts). The
-- state stays: who presses an old button hears that data is missing. Reads the next `p_limit` sessions:
-- an index of drafts by age would make every step of a conversation dearer. `more`: the walk through
-- all sessions goes on; else it is done, and the next call begins it anew.
CREATE OR REPLACE FUNCTION forget_old_drafts(p_keep interval, p_limit int)
RETURNS TABLE(gone int, more boolean) LANGUAGE plpgsql AS $$
DECLARE
  v_after bigint;
  v_to bigint;
BEGIN
  SELECT coalesce((x.value->>'chat_id')::bigint, '-9223372036854775808') INTO v_after
    FROM settings x WHERE x.key = 'drafts.read' FOR UPDATE;
  SELECT count(*) = p_limit, max(p.chat_id) INTO more, v_to
    FROM (SELECT x.chat_id FROM sessions x WHERE x.chat_id > v_after
           ORDER BY x.chat_id LIMIT p_limit) p;
  UPDATE sessions s SET data = s.data - 'order', version = s.version + 1, updated_at = now()
   WHERE s.chat_id = ANY (ARRAY(
     SELECT x.chat_id FROM sessions x
      WHERE x.chat_id > v_after AND x.chat_id <= v_to
        AND x.updated_at < now() - p_keep AND x.data ? 'order'
      ORDER BY x.chat_id FOR NO KEY UPDATE SKIP LOCKED));
  GET DIAGNOSTICS gone = ROW_COUNT;
  UPDATE settings x SET value = jsonb_build_object('chat_id', CASE WHEN more THEN v_to END),
    updated_at = now() WHERE x.key = 'drafts.read';
  RETURN NEXT;
END $$;
