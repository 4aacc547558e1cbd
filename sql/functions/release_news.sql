-- Writes the news of the oldest running broadcast to its next `p_limit` users, by ascending number;
-- who has shut the bot out, is shut out himself or wants no news is passed over. How far it has
-- come is moved in the same transaction: nobody is told twice and nobody left out.
CREATE OR REPLACE FUNCTION release_news(p_limit int)
RETURNS TABLE(messages int, running boolean) LANGUAGE plpgsql AS $$
DECLARE
  v_broadcast bigint;
  v_last bigint;
  v_users bigint[];
BEGIN
  SELECT b.id, b.last_user INTO v_broadcast, v_last FROM broadcasts b
   WHERE b.status = 'running' ORDER BY b.id LIMIT 1 FOR UPDATE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 0, false;
    RETURN;
  END IF;
  v_users := ARRAY(SELECT u.tg_user_id FROM users u
                    WHERE u.tg_user_id > v_last AND u.blocked_at IS NULL
                      AND u.banned_at IS NULL AND u.news_off_at IS NULL
                    ORDER BY u.tg_user_id LIMIT p_limit);
  INSERT INTO notifications (chat_id, kind, payload)
  SELECT x.who, 'news', jsonb_build_object('broadcast', v_broadcast)
    FROM unnest(v_users) WITH ORDINALITY AS x(who, position) ORDER BY x.position;
  UPDATE broadcasts b
     SET messages = b.messages + cardinality(v_users),
         last_user = coalesce(v_users[cardinality(v_users)], b.last_user),
         status = CASE WHEN cardinality(v_users) < p_limit THEN 'done' ELSE b.status END,
         finished_at = CASE WHEN cardinality(v_users) < p_limit THEN now() END
   WHERE b.id = v_broadcast;
  IF cardinality(v_users) > 0 THEN
    PERFORM pg_notify('outbox', '');
  END IF;
  RETURN QUERY SELECT cardinality(v_users), true;
END $$;
