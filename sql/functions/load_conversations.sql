-- What a step of each conversation has to know; one row per position. An update whose row is gone
-- was handled long ago; update 0 stands for "none". `= ANY (ARRAY[…])`: see record_prompts.
-- `jobs_ahead`: due jobs that would be claimed before the first one of an order made now.
-- `outlook`: see keep_outlook. `typical_seconds` is always NULL; programs of the version before ask
-- for it.
CREATE OR REPLACE FUNCTION load_conversations(p_updates bigint[], p_chats bigint[],
  p_users bigint[])
RETURNS TABLE(pos bigint, handled boolean, known boolean, credits int, language_code text,
              terms_version text, banned boolean, state text, data text, jobs_ahead bigint,
              typical_seconds int, outlook text, version bigint, news_off boolean)
LANGUAGE plpgsql AS $$
DECLARE
  v_round bigint := (SELECT last_value FROM claimed_turn);
  v_outlook text := (SELECT nullif(s.value, 'null')::text FROM settings s WHERE s.key = 'outlook');
BEGIN
  RETURN QUERY
  WITH turns AS MATERIALIZED ( -- most have the same
    SELECT DISTINCT greatest(v_round, u.last_turn) + 1 AS turn
      FROM unnest(p_users) AS q(tg_user_id)
      LEFT JOIN users u ON u.tg_user_id = ANY (ARRAY[q.tg_user_id])
  ), ahead AS MATERIALIZED (
    SELECT t.turn, (SELECT count(*) FROM (
             SELECT FROM jobs j
              WHERE j.status = 'queued' AND NOT j.resumes AND j.run_at <= now()
                AND j.turn <= t.turn LIMIT 1000) before_it) AS jobs
      FROM turns t
  )
  SELECT q.position, q.update_id <> 0 AND (i.update_id IS NULL OR i.handled_at IS NOT NULL),
         u.tg_user_id IS NOT NULL, coalesce(u.credits, 0), u.language_code, u.terms_version,
         u.banned_at IS NOT NULL, s.state, s.data::text, a.jobs, NULL::int, v_outlook,
         coalesce(s.version, 0), u.news_off_at IS NOT NULL
    FROM unnest(p_updates, p_chats, p_users)
         WITH ORDINALITY AS q(update_id, chat_id, tg_user_id, position)
    LEFT JOIN updates i ON i.update_id = ANY (ARRAY[q.update_id])
    LEFT JOIN users u ON u.tg_user_id = ANY (ARRAY[q.tg_user_id])
    LEFT JOIN ahead a ON a.turn = greatest(v_round, u.last_turn) + 1
    LEFT JOIN sessions s ON s.chat_id = ANY (ARRAY[q.chat_id]);
END $$;
