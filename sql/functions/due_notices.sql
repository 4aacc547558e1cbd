-- Messages to send now: of each chat that is not busy the oldest unsent ones, up to the first that has
-- to wait. A chat never gets ahead of itself: what is returned of it begins with its oldest. Only what
-- steps aside is passed by the others; it comes after them, when it is due.
-- Chats come in the order in which their oldest message became due, each with one message before any
-- with two, so that a long queue in one chat starves nobody.
CREATE OR REPLACE FUNCTION due_notices(p_limit int, p_busy bigint[] DEFAULT '{}')
RETURNS TABLE(id bigint, chat_id bigint, kind text, payload text, tries int, created_at timestamptz,
              language_code text, job_id uuid, attempts int, model text, credits int, video text,
              video_bytes bigint, video_file_id text, facts jsonb, place text,
              received_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  -- The scalar subquery is a probe of one entry of notifications_of_chat per candidate; as NOT EXISTS
  -- the planner might join the whole backlog with itself. The candidates come from notifications_due.
  RETURN QUERY
  WITH heads AS MATERIALIZED (
    SELECT n.chat_id, n.run_at, n.aside FROM notifications n
     WHERE coalesce(n.sent_at, 'infinity') = 'infinity' AND n.run_at <= now()
       AND n.chat_id NOT IN (SELECT unnest(p_busy))
       AND (n.aside
            OR n.id = (SELECT e.id FROM notifications e
                        WHERE e.chat_id = n.chat_id AND e.sent_at IS NULL AND NOT e.aside
                        ORDER BY e.id + 0 LIMIT 1))
     ORDER BY n.run_at, n.id LIMIT p_limit
  ), chats AS MATERIALIZED (
    SELECT h.chat_id, min(h.run_at) AS run_at, bool_or(h.aside) AS any_aside FROM heads h
     GROUP BY h.chat_id
  ), depth AS MATERIALIZED (
    -- Of so many chats only the first messages fit; what stepped aside may lie beyond the limit.
    SELECT CASE WHEN c.in_order >= p_limit THEN 1 ELSE 8 END AS messages,
           c.all >= p_limit AND c.in_order < p_limit AS cut
      FROM (SELECT count(*) AS all, count(*) FILTER (WHERE NOT h.aside) AS in_order
              FROM heads h) c
  ), page AS MATERIALIZED (
    SELECT q.*, h.run_at AS chat_run_at, row_number() OVER chat AS turn,
           bool_and(q.run_at <= now()) OVER chat AS open
      FROM chats h
      CROSS JOIN LATERAL (SELECT n.* FROM notifications n
                           WHERE n.chat_id = h.chat_id AND n.sent_at IS NULL AND NOT n.aside
                           ORDER BY n.id + 0 LIMIT (SELECT d.messages FROM depth d)) q
    WINDOW chat AS (PARTITION BY q.chat_id ORDER BY q.id)
    UNION ALL
    SELECT q.*, h.run_at, 8 + row_number() OVER (PARTITION BY q.chat_id ORDER BY q.id), true
      FROM chats h
      CROSS JOIN LATERAL (SELECT n.* FROM notifications n
                           WHERE n.chat_id = h.chat_id AND n.sent_at IS NULL AND n.aside
                             AND n.run_at <= now()
                           ORDER BY n.id + 0 LIMIT 8) q
     WHERE h.any_aside OR (SELECT d.cut FROM depth d)
  )
  SELECT p.id, p.chat_id,
         -- Passed by the word of its job's end, news of its progress is none any more.
         CASE WHEN p.aside AND j.status IN ('completed', 'failed')
                AND p.kind IN ('job_started', 'job_retry', 'job_waiting', 'job_delayed')
           THEN 'overtaken' ELSE p.kind END,
         -- A late video's caption must not promise a refund while its job is still at work.
         CASE WHEN p.kind = 'gift_video'
           THEN p.payload || jsonb_build_object('refunded', coalesce(j.status = 'failed', false))
              -- Of a million users each has a row, and none of them the text.
              WHEN p.kind = 'news' THEN p.payload || coalesce(
                (SELECT jsonb_build_object('text', b.text) FROM broadcasts b
                  WHERE b.id = (p.payload->>'broadcast')::bigint), '{}')
           ELSE p.payload END::text,
         p.tries, coalesce(p.renewed_at, p.created_at), u.language_code, p.job_id,
         coalesce(j.attempts, 0), j.model, coalesce(u.credits, 0), j.video_url,
         coalesce(j.video_bytes, 0), j.video_file_id, j.video_facts,
         coalesce(p.payload->'place', j.place)::text,
         CASE WHEN p.renewed_at IS NULL THEN p.received_at END
    FROM (SELECT * FROM page WHERE open ORDER BY turn, chat_run_at, id LIMIT p_limit) p
    LEFT JOIN users u ON u.tg_user_id = ANY (ARRAY[p.chat_id])
    LEFT JOIN jobs j ON j.id = ANY (ARRAY[p.job_id])
   ORDER BY p.turn, p.chat_run_at, p.id;
END $$;
