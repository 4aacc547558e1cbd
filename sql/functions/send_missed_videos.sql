-- Users are back who had shut the bot out: the videos that were dropped meanwhile are sent again, those
-- of the last 30 days. To be called before `blocked_at` is cleared: it tells that they were away.
CREATE OR REPLACE FUNCTION send_missed_videos(p_users bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_ids bigint[];
BEGIN
  -- Two who see the return at the same time: the second must see what the first has done.
  PERFORM 1 FROM users u WHERE u.tg_user_id = ANY (p_users) ORDER BY u.tg_user_id
    FOR NO KEY UPDATE;
  SELECT array_agg(n.id) INTO v_ids
    FROM users u JOIN notifications n ON n.chat_id = u.tg_user_id
   WHERE u.tg_user_id = ANY (p_users) AND u.blocked_at IS NOT NULL
     AND n.dropped_at >= u.blocked_at AND n.dropped_at > now() - interval '30 days'
     AND n.kind IN ('job_done', 'gift_video');
  IF v_ids IS NOT NULL THEN
    PERFORM send_again(v_ids, 'video.sent_again');
  END IF;
END $$;
