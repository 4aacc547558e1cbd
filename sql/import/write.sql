-- Users, jobs, ledger and what is settled already, out of the tables of read.sql. Finished jobs go
-- in as they ended: no trigger tells anybody or moves a credit.
CREATE TEMP TABLE moved_users ON COMMIT DROP AS
SELECT k.tg_user_id, greatest(coalesce(sum(u.credits), 0), 0)::int AS credits,
       count(u.tg_user_id) AS rows, sum(u.credits) AS told,
       bool_or(u.credits IS NULL) AS without_balance,
       (array_agg(u.username ORDER BY u.created_at DESC NULLS LAST, u.old_id)
         FILTER (WHERE u.username IS NOT NULL))[1] AS username,
       (array_agg(u.first_name ORDER BY u.created_at DESC NULLS LAST, u.old_id)
         FILTER (WHERE u.first_name IS NOT NULL))[1] AS first_name,
       coalesce(min(u.created_at), min(k.since), now()) AS created_at
  FROM (SELECT tg_user_id, min(since) AS since
          FROM (SELECT tg_user_id, NULL::timestamptz AS since FROM moving_users
                UNION ALL SELECT tg_user_id, created_at FROM moving_jobs
                UNION ALL SELECT tg_user_id, paid_at FROM moving_payments) x GROUP BY 1) k
  LEFT JOIN moving_users u USING (tg_user_id) GROUP BY k.tg_user_id;

DO $$
DECLARE
  v_known text;
BEGIN
  SELECT string_agg(tg_user_id::text, ', ') INTO v_known
    FROM (SELECT m.tg_user_id FROM moved_users m JOIN users u USING (tg_user_id)
           ORDER BY 1 LIMIT 5) x;
  IF v_known IS NOT NULL THEN
    RAISE EXCEPTION '%', format('table users, column tg_user_id: %s (perhaps more) have written '
      'to this program already; allowed: a database that knows none of the old users', v_known)
      USING ERRCODE = 'NC006';
  END IF;
END $$;

INSERT INTO odd_cases (matter, subject, action)
SELECT x.matter, m.tg_user_id::text, x.action FROM moved_users m CROSS JOIN LATERAL (VALUES
  ('a user with several rows', format('%s rows, balances added: %s', m.rows, m.credits),
   m.rows > 1),
  ('a user known by jobs or payments only', 'a user with balance 0', m.rows = 0),
  ('a user without a balance', format('counts as 0; balance %s', m.credits),
   m.without_balance AND m.rows > 0),
  ('a balance below zero', format('%s, taken as 0', m.told), m.told < 0)) x(matter, action, holds)
 WHERE x.holds ORDER BY 1, m.tg_user_id;
-- The old program wrote down neither its welcome nor its charges: what a balance should be is
-- reckoned. A difference came from cron or from hands, and stays the user's.
INSERT INTO odd_cases (matter, subject, action)
SELECT 'a balance that differs from its history', m.tg_user_id::text,
       format('%s, expected %s: kept', m.credits, h.expected)
  FROM moved_users m
  LEFT JOIN (SELECT (r.content->>'tg_user_id')::bigint AS tg_user_id,
                    sum((r.content->>'amount')::bigint) AS amount
               FROM old_rows r WHERE r.source = 'credits_history' GROUP BY 1) c USING (tg_user_id)
  LEFT JOIN (SELECT tg_user_id, count(*) AS jobs FROM moving_jobs GROUP BY 1) j USING (tg_user_id)
 CROSS JOIN LATERAL (SELECT 2 + coalesce(c.amount, 0) - coalesce(j.jobs, 0) AS expected) h
 WHERE m.rows > 0 AND m.credits <> h.expected ORDER BY m.tg_user_id;

-- Nobody's consent was written down: a version that is not today's makes the program ask again, in
-- the words of changed terms and without a second welcome.
INSERT INTO users (tg_user_id, username, first_name, credits, terms_version, terms_accepted_at,
                   created_at)
SELECT tg_user_id, username, first_name, credits, 'old-bot', created_at, created_at
  FROM moved_users ORDER BY tg_user_id;

-- The old column `prompt` never held the script: the program writes it anew.
INSERT INTO jobs (id, tg_user_id, template_type, product_name, product_text, product_image_url,
                  extra_wishes, video_index, idempotency_key, status, error, error_details,
                  attempts, attempt_open, resumes, run_at, kie_task_id, model, task_created_at,
                  started_told, video_url, video_file_id, created_at, started_at, finished_at,
                  delivered_at, turn)
SELECT j.id, j.tg_user_id, j.moved->>'template', j.moved->>'name', j.moved->>'text',
       j.moved->>'photo', j.moved->>'wishes', j.video_index, 'import:' || j.old_id,
       CASE WHEN j.becomes IN ('completed', 'failed') THEN j.becomes ELSE 'queued' END,
       CASE WHEN j.becomes = 'failed' THEN j.error END,
       jsonb_build_object('template_id', j.moved->>'template', 'kind', j.moved->>'template',
                          'user_prompt', j.moved->>'script')
         || CASE WHEN j.becomes = 'failed' THEN '{"class": "UNKNOWN"}' ELSE '{}' END::jsonb,
       CASE j.becomes WHEN 'waiting' THEN 0 WHEN 'resuming' THEN greatest(j.attempts, 1)
                      ELSE j.attempts END,
       j.becomes = 'resuming', j.becomes = 'resuming', j.created_at, j.task,
       CASE WHEN j.task IS NOT NULL THEN current_setting('neurocards.import_model') END,
       CASE WHEN j.becomes = 'resuming' THEN coalesce(j.started_at, j.created_at) END,
       j.becomes = 'resuming',
       CASE WHEN j.becomes = 'completed' THEN 'videos/' || j.id || '.mp4' END, j.file_id,
       j.created_at, CASE WHEN j.becomes <> 'waiting' THEN j.started_at END,
       CASE WHEN j.becomes IN ('completed', 'failed')
            THEN coalesce(j.finished_at, j.created_at) END,
       CASE WHEN j.becomes = 'completed' THEN coalesce(j.finished_at, j.created_at) END,
       c.last_value + CASE WHEN j.becomes = 'waiting' THEN row_number() OVER (
         PARTITION BY j.tg_user_id, j.becomes ORDER BY j.created_at, j.id) ELSE 0 END
  FROM moving_jobs j CROSS JOIN claimed_turn c ORDER BY j.id;

INSERT INTO payments (charge_id, tg_user_id, credits, currency, amount, payload, created_at,
                      provider)
SELECT charge_id, tg_user_id, credits, currency, amount, 'import', paid_at,
       split_part(charge_id, ':', 1)
  FROM moving_payments ORDER BY paid_at;

-- Screens show the ledger by id: first what makes up the balance, then the jobs as they went.
INSERT INTO credit_ledger (tg_user_id, job_id, kind, amount, note, created_at)
SELECT l.tg_user_id, l.job_id, l.kind, l.amount, l.note, l.since FROM (
  SELECT tg_user_id, NULL::uuid AS job_id, 'welcome' AS kind, 2 AS amount, NULL AS note,
         created_at AS since, 1 AS phase
    FROM moved_users
  UNION ALL
  SELECT tg_user_id, NULL, 'purchase', credits, charge_id, paid_at, 2 FROM moving_payments
  UNION ALL
  SELECT m.tg_user_id, NULL, 'opening',
         (m.credits - 2 - coalesce(p.credits, 0) + coalesce(j.charged, 0))::int, NULL, now(), 3
    FROM moved_users m
    LEFT JOIN (SELECT tg_user_id, sum(credits) AS credits FROM moving_payments GROUP BY 1) p
         USING (tg_user_id)
    LEFT JOIN (SELECT tg_user_id, count(*) FILTER (WHERE becomes <> 'failed') AS charged
                 FROM moving_jobs GROUP BY 1) j USING (tg_user_id)
  UNION ALL
  SELECT tg_user_id, id, 'charge', -1, NULL, created_at, 4 FROM moving_jobs
  UNION ALL
  SELECT tg_user_id, id, 'refund', 1, NULL, coalesce(finished_at, created_at), 4 FROM moving_jobs
   WHERE becomes = 'failed') l
 WHERE l.amount <> 0 ORDER BY l.phase, l.since, l.tg_user_id, l.amount;

-- The old program has told its users how these ended.
INSERT INTO notifications (chat_id, job_id, kind, created_at, sent_at)
SELECT tg_user_id, id, CASE becomes WHEN 'completed' THEN 'job_done' ELSE 'job_failed' END,
       ended.t, ended.t
  FROM moving_jobs CROSS JOIN LATERAL (SELECT coalesce(finished_at, created_at)) ended(t)
 WHERE becomes IN ('completed', 'failed') AND ended.t > now() - interval '31 days'
 ORDER BY ended.t, id;

-- What cannot go on fails as every job does: its triggers give the credit back and tell the user.
UPDATE jobs j SET status = 'failed', error = m.given_back_because
  FROM moving_jobs m WHERE m.id = j.id AND m.becomes = 'given back';
-- KIE keeps a video for 14 days.
INSERT INTO job_tasks (token, job_id, attempt, kie_account, kie_api_key, model, intent_at, task_id,
                       created_at, abandoned_at)
SELECT 'import-' || m.old_id, m.id, greatest(m.attempts, 1), '', '',
       current_setting('neurocards.import_model'), t.t, m.task, t.t, now()
  FROM moving_jobs m CROSS JOIN LATERAL (SELECT coalesce(m.started_at, m.created_at)) t(t)
 WHERE m.becomes = 'given back' AND m.task IS NOT NULL AND m.status <> 'queued'
   AND t.t > now() - interval '14 days';

-- Photos are kept from now on, not from when their jobs ended.
INSERT INTO old_files (key, tg_user_id)
SELECT DISTINCT ON (j.moved->>'photo') j.moved->>'photo', j.tg_user_id FROM moving_jobs j
 WHERE j.moved->>'photo' IS NOT NULL ORDER BY j.moved->>'photo', j.created_at
ON CONFLICT (key) DO NOTHING;

-- All that has no table here.
INSERT INTO imported_rows (source, tg_user_id, content)
SELECT r.source, (r.content->>'tg_user_id')::bigint, r.content - 'moved' FROM old_rows r
 WHERE r.source IN ('credits_history', 'pricing_plans')
    OR (r.source = 'payments' AND NOT EXISTS (
          SELECT FROM moving_payments p WHERE p.old_id = r.content->>'id'))
    OR (r.source = 'users' AND r.content->>'tg_user_id' IS NULL)
    OR (r.source = 'jobs' AND NOT EXISTS (SELECT FROM moving_jobs j
      WHERE j.old_id = r.content->>'id'));
