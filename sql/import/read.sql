-- What the rows of the old database say, whichever of its two generations wrote them. A column that
-- is not there reads as NULL. `old_rows` has the rows as JSON; in those of jobs the program has
-- added `moved`: what it understood of texts and photo. Times without a zone are UTC.
CREATE TEMP TABLE odd_cases (position bigint GENERATED ALWAYS AS IDENTITY, matter text NOT NULL,
                             subject text NOT NULL, action text NOT NULL) ON COMMIT DROP;

DO $$
DECLARE
  v_twice text;
BEGIN
  SELECT string_agg(id, ', ') INTO v_twice
    FROM (SELECT coalesce(r.content->>'id', 'NULL') AS id FROM old_rows r WHERE r.source = 'jobs'
           GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 5) x;
  IF v_twice IS NOT NULL THEN
    RAISE EXCEPTION '%', format('old table jobs, column id: %s stands for several rows; allowed: a '
      'value of its own for each', v_twice) USING ERRCODE = 'NC006';
  END IF;
END $$;

CREATE FUNCTION pg_temp.plausible(p_time text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN t.t >= '2013-08-14' THEN least(t.t, now()) END
    FROM (SELECT p_time::timestamptz) t(t)
$$;

CREATE TEMP TABLE moving_users ON COMMIT DROP AS
SELECT r.content->>'id' AS old_id, (r.content->>'tg_user_id')::bigint AS tg_user_id,
       nullif(r.content->>'username', '') AS username,
       nullif(r.content->>'first_name', '') AS first_name,
       (r.content->>'credits')::bigint AS credits,
       pg_temp.plausible(r.content->>'created_at') AS created_at
  FROM old_rows r WHERE r.source = 'users' AND r.content->>'tg_user_id' IS NOT NULL;
INSERT INTO odd_cases (matter, subject, action)
SELECT 'a user without a number', coalesce(r.content->>'id', '?'), 'kept in imported_rows only'
  FROM old_rows r WHERE r.source = 'users' AND r.content->>'tg_user_id' IS NULL ORDER BY 2;

CREATE TEMP TABLE moving_jobs ON COMMIT DROP AS
WITH owners AS (
  SELECT u.old_id, min(u.tg_user_id) AS tg_user_id, min(u.created_at) AS created_at
    FROM moving_users u GROUP BY u.old_id
), told AS (
  SELECT r.content->>'id' AS old_id,
         coalesce((r.content->>'tg_user_id')::bigint, o.tg_user_id) AS tg_user_id,
         r.content->'moved' AS moved, r.content->>'status' AS status,
         nullif(r.content->>'kie_task_id', '') AS task,
         nullif(r.content->>'video_file_id', '') AS file_id,
         coalesce(nullif(r.content->>'error', ''), 'unknown') AS error,
         greatest(coalesce((r.content->>'attempts')::int, 0), 0) AS attempts,
         coalesce(substring(r.content->>'idempotency_key' FROM '_([0-9]{1,2})$')::int, 0)
           AS video_index,
         pg_temp.plausible(r.content->>'created_at') AS created_at,
         pg_temp.plausible(r.content->>'started_at') AS started_at,
         pg_temp.plausible(r.content->>'finished_at') AS finished_at, o.created_at AS owner_since
    FROM old_rows r LEFT JOIN owners o ON o.old_id = r.content->>'user_id'
   WHERE r.source = 'jobs'
), dated AS (
  SELECT t.*, coalesce(t.created_at, t.started_at, t.finished_at, t.owner_since, now())
           AS ordered_at
    FROM told t WHERE t.tg_user_id IS NOT NULL
)
SELECT encode(substring(int8send((extract(epoch FROM d.ordered_at) * 1000)::bigint) FROM 3)
              || substring(decode(md5(d.old_id), 'hex') FROM 7), 'hex')::uuid AS id,
       d.old_id, d.tg_user_id, d.moved, d.status, d.task, d.file_id, d.error, d.attempts,
       d.video_index, d.ordered_at AS created_at,
       greatest(d.started_at, d.ordered_at) AS started_at,
       greatest(d.finished_at, d.started_at, d.ordered_at) AS finished_at,
       -- Of several jobs with one task that goes on, it is the youngest one's.
       d.task IS NOT NULL AND d.status = 'processing' AND 1 = row_number() OVER (
         PARTITION BY d.task, d.status = 'processing' ORDER BY d.ordered_at DESC, d.old_id)
         AS has_task,
       CASE WHEN d.status NOT IN ('queued', 'processing', 'completed', 'done', 'failed')
              THEN 'its status is not known: ' || left(d.status, 60)
            WHEN d.status IN ('completed', 'done', 'failed') THEN NULL
            WHEN d.ordered_at
                 < now() - current_setting('neurocards.import_open_limit')::interval
              THEN 'it was open for too long'
            WHEN d.moved->>'photo' IS NULL THEN 'its photo is missing'
       END AS given_back_because,
       NULL::text AS becomes
  FROM dated d;
UPDATE moving_jobs
   SET becomes = CASE WHEN given_back_because IS NOT NULL THEN 'given back'
                      WHEN status IN ('completed', 'done') THEN 'completed'
                      WHEN status = 'failed' THEN 'failed'
                      WHEN has_task THEN 'resuming'
                      ELSE 'waiting' END;
-- A task belongs to one job: first to the one that waits for it.
UPDATE moving_jobs j SET task = NULL
  FROM (SELECT m.old_id, row_number() OVER (PARTITION BY m.task ORDER BY
                 array_position(ARRAY['resuming', 'given back', 'completed', 'failed', 'waiting'],
                   m.becomes),
                 m.created_at, m.old_id) AS place
          FROM moving_jobs m WHERE m.task IS NOT NULL) p
 WHERE p.old_id = j.old_id AND (p.place > 1 OR j.becomes = 'waiting');

INSERT INTO odd_cases (matter, subject, action)
SELECT 'a job of nobody', coalesce(r.content->>'id', '?'), 'kept in imported_rows only'
  FROM old_rows r WHERE r.source = 'jobs' AND NOT EXISTS (
       SELECT FROM moving_jobs j WHERE j.old_id = r.content->>'id') ORDER BY 2;
INSERT INTO odd_cases (matter, subject, action)
SELECT 'a job that cannot go on', j.old_id, format('%s; user %s gets its credit back%s',
         j.given_back_because, j.tg_user_id, CASE WHEN j.task IS NOT NULL AND j.status <> 'queued'
           THEN ', and its video if the task still brings one' ELSE '' END)
  FROM moving_jobs j WHERE j.becomes = 'given back' ORDER BY j.id;

CREATE TEMP TABLE moving_payments ON COMMIT DROP AS
SELECT r.content->>'id' AS old_id,
       coalesce((r.content->>'tg_user_id')::bigint, u.tg_user_id) AS tg_user_id,
       CASE WHEN nullif(r.content->>'payment_id', '') IS NULL
              OR 1 < row_number() OVER (PARTITION BY r.content->>'payment_provider',
                       r.content->>'payment_id' ORDER BY r.content->>'id')
              THEN 'old:' || coalesce(r.content->>'id', md5(r.content::text))
            ELSE concat_ws(':', nullif(r.content->>'payment_provider', ''),
                           r.content->>'payment_id')
       END AS charge_id,
       (r.content->>'credits_purchased')::int AS credits, paid.currency,
       round(coalesce((r.content->>CASE paid.currency WHEN 'USD' THEN 'amount_usd'
                                     ELSE 'amount_rub' END)::numeric, 0) * 100)::int AS amount,
       coalesce(pg_temp.plausible(r.content->>'completed_at'),
                pg_temp.plausible(r.content->>'created_at'), now()) AS paid_at
  FROM old_rows r
 CROSS JOIN LATERAL (SELECT CASE WHEN r.content->>'amount_usd' IS NOT NULL
    AND (r.content->>'currency' = 'USD' OR r.content->>'amount_rub' IS NULL)
    THEN 'USD' ELSE 'RUB' END) paid(currency)
  LEFT JOIN (SELECT old_id, min(tg_user_id) AS tg_user_id FROM moving_users GROUP BY 1) u
    ON u.old_id = r.content->>'user_id'
 WHERE r.source = 'payments' AND r.content->>'status' = 'completed'
   AND (r.content->>'credits_purchased')::int > 0
   AND coalesce((r.content->>'tg_user_id')::bigint, u.tg_user_id) IS NOT NULL;
INSERT INTO odd_cases (matter, subject, action)
SELECT 'a payment that brought nothing', coalesce(r.content->>'id', '?'),
       format('status %s, user %s, %s credits: none is credited; "users grant" if it was paid',
         coalesce(r.content->>'status', 'none'), r.content->>'tg_user_id',
         r.content->>'credits_purchased')
  FROM old_rows r WHERE r.source = 'payments' AND NOT EXISTS (
       SELECT FROM moving_payments p WHERE p.old_id = r.content->>'id') ORDER BY 2;
ANALYZE moving_users, moving_jobs, moving_payments;
