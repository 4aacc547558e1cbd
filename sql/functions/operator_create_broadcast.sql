-- An operator writes to all users. It begins at once, or when it is resumed. NC004: the same text
-- was created within the hour, by somebody who perhaps did not hear of it; nobody gets it twice.
CREATE OR REPLACE FUNCTION operator_create_broadcast(p_text text, p_paused boolean,
                                                     p_operator text, p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v broadcasts;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('broadcasts', 0));
  SELECT * INTO v FROM broadcasts b
   WHERE b.text = p_text AND b.status <> 'cancelled' AND b.created_at > now() - interval '1 hour'
   ORDER BY b.id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'broadcast % has the same text and was created within the hour; see "broadcast '
      'list"', v.id USING ERRCODE = 'NC004';
  END IF;
  INSERT INTO broadcasts (text, status, operator, reason)
  VALUES (p_text, CASE WHEN p_paused THEN 'paused' ELSE 'running' END, p_operator, p_reason)
  RETURNING * INTO v;
  IF v.status = 'running' THEN
    PERFORM pg_notify('outbox', '');
  END IF;
  PERFORM record_operator_action(p_operator, 'broadcast create', v.id::text, p_reason,
                                 jsonb_build_object('paused', p_paused));
  RETURN broadcast_json(v);
END $$;
