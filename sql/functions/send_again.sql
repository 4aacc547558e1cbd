-- Messages that were settled are sent once more, at their old place in the order of their chat.
-- `p_event`: what the timeline of their jobs says; it names the message (operator_resend_video).
CREATE OR REPLACE FUNCTION send_again(p_ids bigint[], p_event text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH renewed AS (
    UPDATE notifications n
       SET sent_at = NULL, dropped_at = NULL, error = NULL, message_id = NULL, tries = 0,
           run_at = now(), renewed_at = now(), aside = false
     WHERE n.id = ANY (p_ids)
    RETURNING n.id, n.job_id
  )
  INSERT INTO job_events (job_id, what, node, details)
  SELECT r.job_id, p_event, acting_node(), jsonb_build_object('notification', r.id)
    FROM renewed r WHERE r.job_id IS NOT NULL;
  PERFORM pg_notify('outbox', '');
END $$;
