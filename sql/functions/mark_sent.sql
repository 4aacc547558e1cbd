-- Telegram has taken these messages. What it calls a video is remembered with the job. The condition
-- names the id only: with `sent_at IS NULL` the planner would walk the index of unsent messages.
CREATE OR REPLACE FUNCTION mark_sent(p_ids bigint[], p_messages bigint[], p_files text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH sent AS (
    UPDATE notifications n SET sent_at = coalesce(n.sent_at, now()), message_id = nullif(b.message, 0)
      FROM (SELECT * FROM unnest(p_ids, p_messages, p_files) AS x(id, message, file) ORDER BY id) b
     WHERE n.id = b.id
    RETURNING n.job_id, b.file
  )
  UPDATE jobs j SET video_file_id = s.file
    FROM (SELECT * FROM sent WHERE file <> '' AND job_id IS NOT NULL ORDER BY job_id) s
   WHERE j.id = s.job_id;
END $$;
