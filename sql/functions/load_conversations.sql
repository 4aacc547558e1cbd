-- What a step of each conversation has to know; one row per position. An update whose row is gone
-- was handled long ago; update 0 stands for "none". `= ANY (ARRAY[…])`: see record_prompts.
CREATE OR REPLACE FUNCTION load_conversations(p_updates bigint[], p_chats bigint[],
  p_users bigint[])
RETURNS TABLE(pos bigint, handled boolean, known boolean, credits int, language_code text,
              terms_version text, banned boolean, state text, data text, jobs_ahead bigint,
              typical_seconds int, version bigint) LANGUAGE plpgsql AS $$
DECLARE
  v_ahead bigint;
  v_typical int;
BEGIN
  SELECT count(*) INTO v_ahead
    FROM (SELECT FROM jobs j WHERE j.status = 'queued' AND NOT j.resumes LIMIT 1000) ahead;
  WITH latest AS MATERIALIZED (
    SELECT least(1000000000, seconds_between(j.started_at, j.finished_at)) AS took, j.model,
           row_number() OVER () AS age
      FROM (SELECT x.* FROM jobs x WHERE x.finished_at IS NOT NULL AND x.status = 'completed'
             ORDER BY x.finished_at DESC LIMIT 50) j
  )
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY l.took) INTO v_typical
    FROM latest l
   WHERE l.model IS NOT DISTINCT FROM (SELECT n.model FROM latest n WHERE n.age = 1);
  RETURN QUERY
  SELECT q.position, q.update_id <> 0 AND (i.update_id IS NULL OR i.handled_at IS NOT NULL),
         u.tg_user_id IS NOT NULL, coalesce(u.credits, 0), u.language_code, u.terms_version,
         u.banned_at IS NOT NULL, s.state, s.data::text, v_ahead, v_typical,
         coalesce(s.version, 0)
    FROM unnest(p_updates, p_chats, p_users)
         WITH ORDINALITY AS q(update_id, chat_id, tg_user_id, position)
    LEFT JOIN updates i ON i.update_id = ANY (ARRAY[q.update_id])
    LEFT JOIN users u ON u.tg_user_id = ANY (ARRAY[q.tg_user_id])
    LEFT JOIN sessions s ON s.chat_id = ANY (ARRAY[q.chat_id]);
END $$;
