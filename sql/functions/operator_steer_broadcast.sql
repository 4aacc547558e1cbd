-- An operator pauses, resumes or cancels (`p_action`) a broadcast. NC002: there is none; NC004: it
-- has ended.
CREATE OR REPLACE FUNCTION operator_steer_broadcast(p_id bigint, p_action text, p_operator text,
                                                    p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v broadcasts;
BEGIN
  SELECT * INTO v FROM broadcasts b WHERE b.id = p_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no broadcast %', p_id USING ERRCODE = 'NC002';
  END IF;
  IF v.finished_at IS NOT NULL THEN
    RAISE EXCEPTION 'broadcast % is % already', p_id, v.status USING ERRCODE = 'NC004';
  END IF;
  UPDATE broadcasts b
     SET status = CASE p_action WHEN 'pause' THEN 'paused' WHEN 'resume' THEN 'running'
                                WHEN 'cancel' THEN 'cancelled' END,
         finished_at = CASE WHEN p_action = 'cancel' THEN now() END
   WHERE b.id = p_id RETURNING * INTO v;
  IF v.status = 'running' THEN
    PERFORM pg_notify('outbox', '');
  END IF;
  PERFORM record_operator_action(p_operator, 'broadcast ' || p_action, p_id::text, p_reason);
  RETURN broadcast_json(v);
END $$;
