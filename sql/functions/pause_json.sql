-- A pause as `status` shows it: the key's fingerprint, the model or the node's name, since when,
-- until when (null: until it is resumed), why and by whom.
CREATE OR REPLACE FUNCTION pause_json(p_pause pauses) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE (p_pause).subject
           WHEN 'queue' THEN '{}'
           ELSE jsonb_build_object(CASE (p_pause).subject WHEN 'key' THEN 'fingerprint'
                                     WHEN 'model' THEN 'model' ELSE 'name' END, (p_pause).name) END
         || jsonb_build_object('since', (p_pause).since,
              'until', CASE WHEN isfinite((p_pause).ends_at) THEN (p_pause).ends_at END,
              'reason', (p_pause).reason, 'operator', (p_pause).operator)
$$;
