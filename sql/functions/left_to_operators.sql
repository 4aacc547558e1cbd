-- What waits for a person to settle it, newest first: payments that fit nothing we sell, refunds
-- that were announced and not settled, videos of the last 30 days that never reached their users, and
-- what a restore in that time left unknown. No promise of the rows that are here is broken.
CREATE OR REPLACE FUNCTION left_to_operators(p_limit int DEFAULT 50)
RETURNS TABLE(matter text, subject text, tg_user_id bigint, detail text, since timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT 'payment without credits', p.charge_id, p.tg_user_id,
         format('%s %s were paid', p.amount, p.currency), p.created_at
    FROM payments p WHERE p.credits = 0 AND p.settled_at IS NULL
  UNION ALL
  SELECT 'refund not ended', p.charge_id, p.tg_user_id,
         'nobody knows what Telegram did: repeat "payments refund", which refunds it once',
         p.refund_asked_at
    FROM payments p
   WHERE p.refund_asked_at < now() - interval '1 minute' AND p.refunded_at IS NULL
  UNION ALL
  SELECT 'video not delivered', n.job_id::text, n.chat_id,
         n.error || CASE WHEN n.dropped_at >= u.blocked_at
                      THEN '; is sent again when the user returns' ELSE '' END, n.dropped_at
    FROM notifications n LEFT JOIN users u ON u.tg_user_id = n.chat_id
   WHERE n.dropped_at > now() - interval '30 days' AND n.kind = 'job_done'
     AND n.kind IN ('job_done', 'gift_video') -- the predicate of the index
  UNION ALL
  (SELECT 'restored from a backup', o.id::text, NULL::bigint,
          format('from %s until %s UTC only purchases are known: orders, videos, refunds and '
                 'grants of that time are not, and what was sent may be sent again',
                 to_char((o.details->>'known_until')::timestamptz AT TIME ZONE 'UTC',
                         'YYYY-MM-DD HH24:MI:SS'),
                 to_char(o.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')), o.at
     FROM operator_actions o
    WHERE o.target = '' AND o.verb = 'reconcile' AND o.details->>'restored' = 'true'
      AND o.at > now() - interval '30 days'
    ORDER BY o.id DESC LIMIT 1)
   ORDER BY 5 DESC LIMIT p_limit;
END $$;
