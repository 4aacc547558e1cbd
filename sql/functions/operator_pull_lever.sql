-- An operator pauses (`p_pauses`) or resumes the queue, a key, a model or a node, as pause() and
-- resume() do; {"done": false}: it is not paused. A name that lever_targets does not know changes
-- nothing: {"known": [...]}.
CREATE OR REPLACE FUNCTION operator_pull_lever(
  p_subject text, p_name text, p_pauses boolean, p_for interval, p_operator text, p_reason text,
  p_configured text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_known text[];
BEGIN
  IF p_subject <> 'queue' THEN
    v_known := ARRAY(SELECT coalesce(x->>'fingerprint', x->>p_subject)
                       FROM jsonb_array_elements(lever_targets(p_subject, p_configured)) x);
    IF p_name <> ALL (v_known) THEN
      RETURN jsonb_build_object('known', v_known);
    END IF;
  END IF;
  IF p_pauses THEN
    RETURN jsonb_build_object('done', true, 'paused',
      pause(p_subject, p_name, p_operator, p_reason, p_for));
  END IF;
  RETURN jsonb_build_object('done', resume(p_subject, p_name, p_operator, p_reason));
END $$;
