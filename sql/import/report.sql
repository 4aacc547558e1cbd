-- What came over, as one JSON value: counts of before and after, and every odd case.
WITH counts (place, matter, before, after) AS (
  SELECT 1, 'users',
         (SELECT count(DISTINCT content->>'tg_user_id') FROM old_rows WHERE source = 'users'),
         (SELECT count(*) FROM moved_users)
  UNION ALL
  SELECT 2, 'sum of balances',
         (SELECT coalesce(sum((content->>'credits')::bigint), 0) FROM old_rows
           WHERE source = 'users'),
         (SELECT coalesce(sum(u.credits), 0) FROM users u JOIN moved_users USING (tg_user_id))
  UNION ALL
  SELECT 3, 'jobs', (SELECT count(*) FROM old_rows WHERE source = 'jobs'),
         (SELECT count(*) FROM moving_jobs)
  UNION ALL
  SELECT 4, '  ' || b.word,
         (SELECT count(*) FROM old_rows
           WHERE source = 'jobs' AND content->>'status' = ANY (b.statuses)),
         (SELECT count(*) FROM moving_jobs j WHERE j.becomes = b.word)
    FROM (VALUES ('completed', ARRAY['completed', 'done']), ('failed', ARRAY['failed']))
         b(word, statuses)
  UNION ALL
  SELECT 5, '  ' || b.word, NULL, (SELECT count(*) FROM moving_jobs j WHERE j.becomes = b.word)
    FROM (VALUES ('waiting'), ('resuming'), ('given back')) b(word)
  UNION ALL
  SELECT 6, 'completed payments',
         (SELECT count(*) FROM old_rows
           WHERE source = 'payments' AND content->>'status' = 'completed'),
         (SELECT count(*) FROM moving_payments)
  UNION ALL
  SELECT 7, 'rows kept as they were', NULL, (SELECT count(*) FROM imported_rows)
)
SELECT jsonb_build_object(
  'counts', (SELECT jsonb_agg(jsonb_build_object('matter', matter, 'before', before,
                                                 'after', after) ORDER BY place, matter)
               FROM counts),
  'odd_cases', (SELECT coalesce(jsonb_agg(jsonb_build_object('matter', matter, 'subject', subject,
                                                             'action', action)
                                          ORDER BY position), '[]') FROM odd_cases))
