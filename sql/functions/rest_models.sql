-- Puts models to rest; a longer rest that is under way stays. Rests of one model in one call merge.
CREATE OR REPLACE FUNCTION rest_models(p_models text[], p_rests_ms bigint[], p_reasons text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO kie_models AS m (model, blocked_until, reason, rests)
  SELECT DISTINCT ON (r.model) r.model, now() + r.rest_ms * interval '1 ms', r.reason, 1
    FROM unnest(p_models, p_rests_ms, p_reasons) AS r(model, rest_ms, reason)
   ORDER BY r.model, r.rest_ms DESC
  ON CONFLICT (model) DO UPDATE
    SET blocked_until = greatest(m.blocked_until, EXCLUDED.blocked_until), reason = EXCLUDED.reason,
        rests = m.rests + 1, updated_at = now();
END $$;
