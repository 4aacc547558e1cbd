-- Telegram will never take these messages: they are settled, and the reason is kept, of a video with its
-- job as well. `p_blocked`: the
-- user had shut the bot out when the message was sent, `p_ages_ms` ago; what was written for him
-- before that is settled with it. What is newer is not: it is sent, and refused itself if he still is
-- away. Who has come back since gets all of it, the refused message first. A progress message that
-- cannot be edited any more (its user deleted it) is left alone from now on.
CREATE OR REPLACE FUNCTION drop_notices(p_ids bigint[], p_errors text[], p_blocked boolean[],
  p_ages_ms bigint[] DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_chats bigint[];
  v_refused_at timestamptz[];
  v_back bigint[];
  v_node text := acting_node();
BEGIN
  SELECT array_agg(b.chat_id), array_agg(b.refused_at) INTO v_chats, v_refused_at
    FROM (SELECT n.chat_id, max(now() - coalesce(x.age_ms, 0) * interval '1 ms') AS refused_at
            FROM unnest(p_ids, p_blocked, p_ages_ms) AS x(id, blocked, age_ms)
            JOIN notifications n ON n.id = ANY (ARRAY[x.id])
           WHERE x.blocked GROUP BY n.chat_id ORDER BY n.chat_id) b;
  -- Users before messages, as everywhere; a return that is being committed is waited for.
  PERFORM 1 FROM users u WHERE u.tg_user_id = ANY (v_chats) ORDER BY u.tg_user_id
    FOR NO KEY UPDATE;
  v_back := ARRAY(SELECT b.chat FROM unnest(v_chats, v_refused_at) AS b(chat, refused_at)
                    JOIN users u ON u.tg_user_id = ANY (ARRAY[b.chat])
                   WHERE u.returned_at > b.refused_at);
  UPDATE users u SET blocked_at = coalesce(u.blocked_at, now()), updated_at = now()
   WHERE u.tg_user_id = ANY (v_chats) AND u.tg_user_id <> ALL (v_back);
  WITH dropped AS (
    UPDATE notifications n SET sent_at = now(), dropped_at = now(), tries = n.tries + 1,
      error = b.error
      FROM (SELECT * FROM unnest(p_ids, p_errors, p_blocked) AS x(id, error, blocked) ORDER BY id) b
     WHERE n.id = ANY (ARRAY[b.id]) AND num_nulls(n.sent_at) = 1
       AND NOT (b.blocked AND n.chat_id = ANY (v_back))
    RETURNING n.job_id, n.kind, n.payload, n.error
  ), noted AS (
    INSERT INTO job_events (job_id, what, node, attempt, details)
    SELECT d.job_id, 'not_delivered', v_node, (d.payload->>'attempt')::int,
           jsonb_build_object('error', d.error)
      FROM dropped d WHERE d.kind IN ('job_done', 'gift_video') AND d.job_id IS NOT NULL
  )
  UPDATE cards c SET finished = true
    FROM dropped d WHERE d.kind = 'card' AND c.draft_id = (d.payload->>'draft')::uuid;
  WITH dropped AS (
    UPDATE notifications n SET sent_at = now(), dropped_at = now(),
      error = 'the user has shut the bot out'
      FROM unnest(v_chats, v_refused_at) AS b(chat, refused_at)
     WHERE n.chat_id = b.chat AND n.sent_at IS NULL AND b.chat <> ALL (v_back)
       AND coalesce(n.renewed_at, n.created_at) <= b.refused_at
    RETURNING n.job_id, n.kind, n.payload, n.error
  )
  INSERT INTO job_events (job_id, what, node, attempt, details)
  SELECT d.job_id, 'not_delivered', v_node, (d.payload->>'attempt')::int,
         jsonb_build_object('error', d.error)
    FROM dropped d WHERE d.kind IN ('job_done', 'gift_video') AND d.job_id IS NOT NULL;
END $$;
