-- An operator writes to all users. It begins at once, or when it is resumed.
CREATE OR REPLACE FUNCTION operator_create_broadcast(p_text text, p_paused boolean,
                                                     p_operator text, p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v broadcasts;
BEGIN
  INSERT INTO broadcasts (text, status, operator, reason)
  VALUES (p_text, CASE WHEN p_paused THEN 'paused' ELSE 'running' END, p_operator, p_reason)
  RETURNING * INTO v;
  PERFORM record_operator_action(p_operator, 'broadcast create', v.id::text, p_reason,
                                 jsonb_build_object('paused', p_paused));
  RETURN broadcast_json(v);
END $$;
