-- An operator ends a pause: whoever waits for it claims at once. False, and nothing is kept: it is
-- not paused.
CREATE OR REPLACE FUNCTION resume(p_subject text, p_name text, p_operator text, p_reason text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_since timestamptz;
BEGIN
  DELETE FROM pauses p WHERE p.subject = p_subject AND p.name = p_name AND p.ends_at > now()
  RETURNING p.since INTO v_since;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM record_operator_action(p_operator, lever_verb(p_subject, false), p_name, p_reason,
    jsonb_build_object('since', v_since));
  PERFORM pg_notify('jobs', '');
  RETURN true;
END $$;
