-- Telegram has taken these messages. When the video was delivered, what Telegram calls it and what
-- was read from that is remembered with the job, and where the progress message of an order is with
-- its row. A late video and one that is sent again are events of the job. The condition names the
-- id only: with `sent_at IS NULL` the planner would walk the index of unsent messages.
CREATE OR REPLACE FUNCTION mark_sent(p_ids bigint[], p_messages bigint[], p_files text[],
  p_facts jsonb[] DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_node text := acting_node();
BEGIN
  WITH sent AS (
    UPDATE notifications n SET sent_at = coalesce(n.sent_at, now()), message_id = nullif(b.message,
      0)
      FROM (SELECT * FROM unnest(p_ids, p_messages, p_files, p_facts) AS x(id, message, file, facts)
            ORDER BY id) b
     WHERE n.id = ANY (ARRAY[b.id])
    RETURNING n.job_id, b.file, b.facts, n.kind, n.chat_id, n.payload, b.message,
              n.sent_at = now() AS sent_now, n.renewed_at IS NOT NULL AS again
  ), delivered AS (
    INSERT INTO job_events (job_id, what, node, attempt, details)
    SELECT s.job_id, 'delivered', v_node, (s.payload->>'attempt')::int,
           CASE WHEN s.kind = 'gift_video' THEN jsonb '{"late": true}' ELSE '{}' END
      FROM sent s
     WHERE s.sent_now AND (s.kind = 'gift_video' OR s.kind = 'job_done' AND s.again)
  ), carded AS (
    INSERT INTO cards (draft_id, chat_id, message_id)
    SELECT (s.payload->>'draft')::uuid, s.chat_id, s.message FROM sent s
     WHERE s.kind = 'card' AND s.message <> 0 AND NOT s.payload ? 'message_id'
    ON CONFLICT (draft_id) DO NOTHING
  )
  UPDATE jobs j
     SET video_file_id = coalesce(nullif(s.file, ''), j.video_file_id),
         video_facts = coalesce(s.facts, j.video_facts),
         delivered_at = CASE WHEN s.kind = 'job_done'
           THEN coalesce(j.delivered_at, now()) ELSE j.delivered_at END,
         delivered_on = CASE WHEN s.kind = 'job_done'
           THEN coalesce(j.delivered_on, v_node) ELSE j.delivered_on END
    FROM (SELECT DISTINCT ON (x.job_id) x.* FROM sent x
           WHERE (x.file <> '' OR x.kind = 'job_done') AND x.job_id IS NOT NULL
           ORDER BY x.job_id, x.kind = 'job_done' DESC) s
   WHERE j.id = ANY (ARRAY[s.job_id]);
END $$;
