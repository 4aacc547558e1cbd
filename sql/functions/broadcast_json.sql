-- A broadcast as operators see it.
CREATE OR REPLACE FUNCTION broadcast_json(p_broadcast broadcasts) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', p_broadcast.id, 'status', p_broadcast.status, 'messages', p_broadcast.messages,
    'users_left', CASE WHEN p_broadcast.finished_at IS NULL THEN (
      SELECT count(*) FROM users u
       WHERE u.tg_user_id > p_broadcast.last_user AND u.blocked_at IS NULL
         AND u.banned_at IS NULL AND u.news_off_at IS NULL) ELSE 0 END,
    'created_at', p_broadcast.created_at, 'finished_at', p_broadcast.finished_at,
    'operator', p_broadcast.operator, 'reason', p_broadcast.reason, 'text', p_broadcast.text)
$$;
