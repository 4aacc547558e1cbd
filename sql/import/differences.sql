-- A row per thing that is not the same before and after; none: nothing was lost. It counts the old
-- rows for itself and does not ask what read.sql made of them.
WITH old_users AS (
  SELECT (r.content->>'tg_user_id')::bigint AS tg_user_id,
         greatest(coalesce(sum((r.content->>'credits')::bigint), 0), 0) AS credits
    FROM old_rows r WHERE r.source = 'users' AND r.content->>'tg_user_id' IS NOT NULL GROUP BY 1
), old_jobs AS (
  SELECT r.content->>'id' AS old_id, r.content->>'status' AS status,
         nullif(r.content->>'video_file_id', '') AS file_id,
         r.content->'moved'->>'photo' AS photo
    FROM old_rows r WHERE r.source = 'jobs' AND NOT EXISTS (
      SELECT FROM imported_rows i WHERE i.source = 'jobs' AND i.content->>'id' = r.content->>'id')
), given_back AS (
  SELECT j.tg_user_id, count(*) AS jobs FROM jobs j JOIN notifications n ON n.job_id = j.id
   WHERE n.sent_at IS NULL AND n.kind = 'job_failed' AND j.idempotency_key LIKE 'import:%'
   GROUP BY 1
), new_jobs AS (
  SELECT j.*, o.old_id, o.status AS old_status, o.file_id AS old_file_id, o.photo AS old_photo
    FROM jobs j JOIN old_jobs o ON j.idempotency_key = 'import:' || o.old_id
)
SELECT 'user is missing' AS matter, o.tg_user_id::text AS subject, '' AS detail
  FROM old_users o WHERE NOT EXISTS (SELECT FROM users u WHERE u.tg_user_id = o.tg_user_id)
UNION ALL
SELECT 'balance differs', o.tg_user_id::text, format('was %s, %s given back, is %s', o.credits,
         coalesce(g.jobs, 0), u.credits)
  FROM old_users o JOIN users u USING (tg_user_id) LEFT JOIN given_back g USING (tg_user_id)
 WHERE u.credits <> o.credits + coalesce(g.jobs, 0)
UNION ALL
SELECT 'sum of balances differs', '', format('was %s, %s given back, is %s', o.was, g.back,
         n.now_is)
  FROM (SELECT coalesce(sum(credits), 0) AS was FROM old_users) o,
       (SELECT coalesce(sum(jobs), 0) AS back FROM given_back) g,
       (SELECT coalesce(sum(u.credits), 0) AS now_is FROM users u
         WHERE u.terms_version = 'old-bot') n
 WHERE o.was + g.back <> n.now_is
UNION ALL
SELECT 'job is missing', o.old_id, coalesce(o.status, 'no status') FROM old_jobs o
 WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.idempotency_key = 'import:' || o.old_id)
UNION ALL
SELECT 'jobs are not one to one', '', format('%s rows, %s jobs', o.rows, n.jobs)
  FROM (SELECT count(*) AS rows FROM old_jobs) o,
       (SELECT count(*) AS jobs FROM jobs WHERE idempotency_key LIKE 'import:%') n
 WHERE o.rows <> n.jobs
UNION ALL
SELECT 'status does not follow', n.old_id, format('was %s, is %s', n.old_status, n.status)
  FROM new_jobs n
 WHERE n.status <> CASE WHEN n.old_status IN ('completed', 'done') THEN 'completed'
                        WHEN n.old_status = 'failed' THEN 'failed'
                        WHEN n.status = 'failed' THEN 'failed' -- given back
                        ELSE 'queued' END
UNION ALL
SELECT 'file id of a video differs', n.old_id, '' FROM new_jobs n
 WHERE n.video_file_id IS DISTINCT FROM n.old_file_id
UNION ALL
SELECT 'photo differs', n.old_id, '' FROM new_jobs n
 WHERE n.product_image_url IS DISTINCT FROM n.old_photo
UNION ALL
SELECT 'payments differ', '', format('%s of %s credits were completed, %s of %s are here',
         o.rows, o.credits, n.rows, n.credits)
  FROM (SELECT count(*) AS rows,
               coalesce(sum((r.content->>'credits_purchased')::bigint), 0) AS credits
          FROM old_rows r WHERE r.source = 'payments' AND r.content->>'status' = 'completed'
           AND (r.content->>'credits_purchased')::bigint > 0 AND NOT EXISTS (
             SELECT FROM imported_rows i WHERE i.source = 'payments'
               AND i.content->>'id' = r.content->>'id')) o,
       (SELECT count(*) AS rows, coalesce(sum(credits), 0) AS credits FROM payments
         WHERE payload = 'import') n
 WHERE (o.rows, o.credits) <> (n.rows, n.credits)
UNION ALL
SELECT 'archive differs', coalesce(o.source, n.source), format('%s rows were there, %s are here',
         o.rows, n.rows)
  FROM (SELECT source, count(*) AS rows,
               md5(string_agg(content::text, '' ORDER BY content::text COLLATE "C")) AS sum
          FROM old_rows WHERE source IN ('credits_history', 'pricing_plans') GROUP BY 1) o
  FULL JOIN (SELECT source, count(*) AS rows,
               md5(string_agg(content::text, '' ORDER BY content::text COLLATE "C")) AS sum
          FROM imported_rows WHERE source IN ('credits_history', 'pricing_plans') GROUP BY 1) n
       USING (source)
 WHERE (o.rows, o.sum) IS DISTINCT FROM (n.rows, n.sum)
UNION ALL
SELECT 'job is processing', j.id::text, '' FROM jobs j
 WHERE j.idempotency_key LIKE 'import:%' AND j.status = 'processing';
