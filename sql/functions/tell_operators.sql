-- Writes to the operators' chats what needs a person: each cause and subject at most once an hour,
-- and not what was last seen ten minutes ago. Nodes that ask at the same time wait for each other,
-- and one of them writes. Returns the number of messages.
CREATE OR REPLACE FUNCTION tell_operators(p_chats bigint[], p_keys text[], p_models text[],
                                          p_scripts boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_told int;
BEGIN
  PERFORM raise_alerts(array_agg(s.cause), array_agg(s.subject), array_agg(s.details))
     FROM alerts_seen(p_keys, p_models, p_scripts) s;
  -- A time that lies ahead is one of before the clock was set back.
  WITH due AS (
    UPDATE alerts a SET told_at = greatest(now(), a.raised_at)
     WHERE a.raised_at > coalesce(a.told_at, '-infinity')
       AND a.raised_at > now() - interval '10 minutes'
       AND (a.told_at IS NULL OR a.told_at <= now() - interval '1 hour'
            OR a.told_at > now() + interval '1 minute')
    RETURNING a.cause, a.subject, a.details, a.raised_at
  )
  INSERT INTO notifications (chat_id, kind, payload)
  SELECT c.chat, 'operator_alert',
         d.details || jsonb_build_object('cause', d.cause, 'subject', d.subject)
    FROM due d CROSS JOIN unnest(p_chats) AS c(chat)
   ORDER BY d.raised_at, d.cause, d.subject, c.chat;
  GET DIAGNOSTICS v_told = ROW_COUNT;
  IF v_told > 0 THEN
    PERFORM pg_notify('outbox', '');
  END IF;
  RETURN v_told;
END $$;
