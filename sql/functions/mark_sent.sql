-- Telegram has taken these messages. What it calls a video, and what was read from that, is remembered
-- with the job, and where the card of an order is with the card. The condition names the id only: with `sent_at IS NULL` the
-- planner would walk the index of unsent messages.
CREATE OR REPLACE FUNCTION mark_sent(p_ids bigint[], p_messages bigint[], p_files text[],
  p_facts jsonb[] DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH sent AS (
    UPDATE notifications n SET sent_at = coalesce(n.sent_at, now()), message_id = nullif(b.message,
      0)
      FROM (SELECT * FROM unnest(p_ids, p_messages, p_files, p_facts) AS x(id, message, file, facts)
            ORDER BY id) b
     WHERE n.id = ANY (ARRAY[b.id])
    RETURNING n.job_id, b.file, b.facts, n.kind, n.chat_id, n.payload, b.message
  ), carded AS (
    INSERT INTO cards (draft_id, chat_id, message_id)
    SELECT (s.payload->>'draft')::uuid, s.chat_id, s.message FROM sent s
     WHERE s.kind = 'card' AND s.message <> 0 AND NOT s.payload ? 'message_id'
    ON CONFLICT (draft_id) DO NOTHING
  )
  UPDATE jobs j SET video_file_id = s.file, video_facts = coalesce(s.facts, j.video_facts)
    FROM (SELECT * FROM sent WHERE file <> '' AND job_id IS NOT NULL ORDER BY job_id) s
   WHERE j.id = ANY (ARRAY[s.job_id]);
END $$;
