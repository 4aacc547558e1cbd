-- An operator pauses the queue, a key, a model or a node (`p_name`; '' for the queue), for `p_for`
-- or (NULL) until he resumes it. What is paused already stays so since then, with the new end and
-- reason. Returns what status_snapshot() shows of it. Claims and announcements read the row
-- themselves.
CREATE OR REPLACE FUNCTION pause(p_subject text, p_name text, p_operator text, p_reason text,
                                 p_for interval DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_ends timestamptz := coalesce(now() + p_for, 'infinity');
BEGIN
  PERFORM record_operator_action(p_operator, lever_verb(p_subject, true), p_name, p_reason,
    CASE WHEN p_for IS NULL THEN '{}' ELSE jsonb_build_object('ends_at', v_ends) END);
  INSERT INTO pauses AS p (subject, name, ends_at, operator, reason)
  VALUES (p_subject, p_name, v_ends, p_operator, p_reason)
  ON CONFLICT (subject, name) DO UPDATE
    SET since = CASE WHEN p.ends_at > now() THEN p.since ELSE now() END,
        ends_at = EXCLUDED.ends_at, operator = EXCLUDED.operator, reason = EXCLUDED.reason;
  RETURN (SELECT pause_json(p) FROM pauses p WHERE p.subject = p_subject AND p.name = p_name);
END $$;
