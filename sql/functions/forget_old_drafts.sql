-- Drafts nobody has touched for `p_keep` are dropped, at most `p_limit` at once; their photos follow
-- (watch_photos_of_drafts). The state stays: who presses an old button hears that data is missing.
CREATE OR REPLACE FUNCTION forget_old_drafts(p_keep interval, p_limit int DEFAULT 5000) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_count int;
BEGIN
  UPDATE sessions s SET data = s.data - 'order', version = s.version + 1, updated_at = now()
   WHERE s.chat_id = ANY (ARRAY(SELECT o.chat_id FROM sessions o
                                 WHERE o.updated_at < now() - p_keep
                                   AND o.data ? 'order' LIMIT p_limit))
     AND s.updated_at < now() - p_keep;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $$;
