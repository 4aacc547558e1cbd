-- Cools models down. A creation that was refused (p_users NULL) does so at once, and for twice as
-- long as the time before while nothing was created in between, up to a day. What a task of a user
-- says (KIE may echo there what he wrote) does when a task of another user has said so within 10
-- minutes. A longer cooldown that is under way stays; refusals during one, of creations that had
-- started before, do not count.
CREATE OR REPLACE FUNCTION rest_models(
  p_models text[], p_rests_ms bigint[], p_reasons text[], p_users bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO kie_models (model)
  SELECT DISTINCT r.model FROM unnest(p_models) AS r(model) ORDER BY r.model
  ON CONFLICT DO NOTHING;
  -- Whoever has the model now has seen what those before him reported.
  PERFORM 1 FROM kie_models m WHERE m.model = ANY (p_models) ORDER BY m.model FOR NO KEY UPDATE;
  DELETE FROM kie_model_reports r WHERE r.reported_at < now() - interval '10 min';
  INSERT INTO kie_model_reports (model, tg_user_id)
  SELECT DISTINCT r.model, r.tg_user_id FROM unnest(p_models, p_users) AS r(model, tg_user_id)
   WHERE r.tg_user_id IS NOT NULL ORDER BY r.model, r.tg_user_id
  ON CONFLICT (model, tg_user_id) DO UPDATE SET reported_at = now();
  WITH said AS (
    SELECT DISTINCT ON (r.model) r.model, r.rest_ms, r.reason
      FROM unnest(p_models, p_rests_ms, p_reasons, p_users) AS r(model, rest_ms, reason, tg_user_id)
     WHERE r.tg_user_id IS NULL
        OR EXISTS (SELECT FROM kie_model_reports o
                    WHERE o.model = r.model AND o.tg_user_id <> r.tg_user_id)
     ORDER BY r.model, r.rest_ms DESC
  )
  UPDATE kie_models m
     SET blocked_until = greatest(m.blocked_until, now() + least(
           s.rest_ms * power(2, least(m.refusals, 30)) * interval '1 ms', interval '24 h')),
         reason = s.reason, rests = m.rests + 1, refusals = m.refusals + 1, updated_at = now()
    FROM said s
   WHERE m.model = s.model AND m.blocked_until <= now();
END $$;
