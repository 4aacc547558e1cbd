-- Writes an edit for every progress message, of the `p_limit` checked longest ago, that would read
-- otherwise than it does. A chat with something unsent is left alone: its user hears of real news
-- first. What stands aside there is no reason to wait, unless it is an edit itself. Returns how
-- many edits were written.
CREATE OR REPLACE FUNCTION paint_cards(p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_count int;
BEGIN
  WITH open AS MATERIALIZED (
    SELECT c.* FROM cards c
     WHERE NOT c.finished
       AND NOT EXISTS (SELECT FROM notifications n
         WHERE n.chat_id = c.chat_id AND n.sent_at IS NULL
           AND (NOT n.aside OR n.kind = 'card'))
     ORDER BY c.updated_at LIMIT p_limit
       FOR UPDATE OF c SKIP LOCKED
  ), states AS MATERIALIZED (
    SELECT o.draft_id, o.chat_id, o.message_id, o.shown, card_state(o.draft_id) AS state FROM open o
  ), refreshed AS (
    UPDATE cards c
       SET updated_at = now(), shown = s.state,
           finished = (s.state->>'done')::int + (s.state->>'failed')::int = (s.state->>'total')::int
      FROM states s WHERE c.draft_id = s.draft_id
    RETURNING c.draft_id
  )
  INSERT INTO notifications (chat_id, kind, payload)
  SELECT s.chat_id, 'card', s.state || jsonb_strip_nulls(jsonb_build_object(
           'draft', s.draft_id, 'message_id', s.message_id,
           'place', (SELECT j.place FROM jobs j WHERE j.idempotency_key = s.draft_id || ':0')))
    FROM states s JOIN refreshed p USING (draft_id)
   WHERE s.state <> s.shown
   ORDER BY s.chat_id;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count > 0 THEN
    PERFORM pg_notify('outbox', '');
  END IF;
  RETURN v_count;
END $$;
