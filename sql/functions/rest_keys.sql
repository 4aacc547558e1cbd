-- Lets KIE keys cool down; a longer cooldown that is under way stays. Cooldowns of one key in one
-- call merge.
CREATE OR REPLACE FUNCTION rest_keys(p_keys text[], p_rests_ms bigint[], p_reasons text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO kie_keys AS k (fingerprint, blocked_until, reason, rests)
  SELECT DISTINCT ON (r.key) r.key, now() + r.rest_ms * interval '1 ms', r.reason, 1
    FROM unnest(p_keys, p_rests_ms, p_reasons) AS r(key, rest_ms, reason)
   ORDER BY r.key, r.rest_ms DESC
  ON CONFLICT (fingerprint) DO UPDATE
    SET blocked_until = greatest(k.blocked_until, EXCLUDED.blocked_until), reason = EXCLUDED.reason,
        rests = k.rests + 1;
END $$;
