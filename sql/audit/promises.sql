-- One row per broken promise; no row: all is well. `neurocards audit` and every test end with this.
-- The lease is taken from the setting neurocards.lease (default 30 s); another 10 s are allowed for
-- the take-over itself.
WITH lease AS (
  SELECT coalesce(nullif(current_setting('neurocards.lease', true), '')::interval, '30 seconds')
         + interval '10 seconds' AS patience
), balances AS (
  SELECT u.tg_user_id, u.credits, coalesce(sum(l.amount), 0) AS ledger
    FROM users u LEFT JOIN credit_ledger l USING (tg_user_id)
   GROUP BY u.tg_user_id, u.credits
), movements AS (
  SELECT j.id, j.status, j.tg_user_id,
         count(*) FILTER (WHERE l.kind = 'charge') AS charges,
         count(*) FILTER (WHERE l.kind = 'refund') AS refunds,
         count(*) FILTER (WHERE l.tg_user_id <> j.tg_user_id) AS strangers
    FROM jobs j LEFT JOIN credit_ledger l ON l.job_id = j.id
   GROUP BY j.id
)
SELECT 'balance equals ledger' AS promise, tg_user_id::text AS subject,
       format('balance %s, ledger %s', credits, ledger) AS detail
  FROM balances WHERE credits <> ledger
UNION ALL
SELECT 'balance is not negative', tg_user_id::text, credits::text FROM users WHERE credits < 0
UNION ALL
SELECT 'every update is stored whole', update_id::text,
       format('chat %s, kind "%s", %s characters, %s', chat_id, kind, length(body),
         CASE WHEN handled_at IS NULL THEN 'not handled' ELSE 'handled' END)
  FROM updates WHERE kind = '' OR body NOT LIKE '{%}'
UNION ALL
SELECT 'every job is charged once', id::text, format('%s charges', charges)
  FROM movements WHERE charges <> 1
UNION ALL
SELECT 'exactly the failed jobs are refunded, once', id::text, format('%s, %s refunds', status,
  refunds)
  FROM movements WHERE refunds <> CASE WHEN status = 'failed' THEN 1 ELSE 0 END
UNION ALL
SELECT 'credits of a job move at its owner', id::text, tg_user_id::text
  FROM movements WHERE strangers > 0
UNION ALL
SELECT 'one welcome per user', tg_user_id::text, count(*)::text
  FROM credit_ledger WHERE kind = 'welcome' GROUP BY tg_user_id HAVING count(*) > 1
UNION ALL
SELECT 'every payment brought its credits', p.charge_id, p.credits::text
  FROM payments p LEFT JOIN credit_ledger l ON l.kind = 'purchase' AND l.note = p.charge_id
 GROUP BY p.charge_id, p.credits HAVING coalesce(sum(l.amount), 0) <> p.credits
UNION ALL
SELECT 'a referral brings its credits once', r.invited::text, format('%s of %s were given',
  coalesce(sum(l.amount), 0), r.inviter_credits + r.invited_credits)
  FROM referrals r
  LEFT JOIN credit_ledger l ON l.kind = 'referral' AND l.note = 'referral ' || r.invited
 GROUP BY r.invited
HAVING coalesce(sum(l.amount), 0)
       <> CASE WHEN r.paid_at IS NULL THEN 0 ELSE r.inviter_credits + r.invited_credits END
UNION ALL
SELECT 'a refunded payment took what was unspent, once', coalesce(p.charge_id, l.charge_id),
       format('%s of %s credits were spent, %s were taken in %s rows', p.shortfall, p.credits,
              coalesce(-l.amount, 0), coalesce(l.rows, 0))
  FROM payments p
  FULL JOIN (SELECT c.note AS charge_id, c.tg_user_id, sum(c.amount) AS amount, count(*) AS rows
               FROM credit_ledger c WHERE c.kind = 'payment_refund'
              GROUP BY c.note, c.tg_user_id) l
       ON l.charge_id = p.charge_id AND l.tg_user_id = p.tg_user_id
 WHERE p.charge_id IS NULL
    OR coalesce(-l.amount, 0) <> CASE WHEN p.refunded_at IS NULL THEN 0
                                      ELSE p.credits - p.shortfall END
    OR l.rows > 1
UNION ALL
SELECT 'a job ends with a video or a reason', id::text, status FROM jobs
 WHERE (status = 'completed') <> (video_url IS NOT NULL) OR (status = 'failed')
   <> (error IS NOT NULL)
    OR (status IN ('completed', 'failed')) <> (finished_at IS NOT NULL)
UNION ALL
SELECT 'no job is stuck', j.id::text, format('claimed by %s', j.claimed_by)
  FROM jobs j CROSS JOIN lease LEFT JOIN nodes n ON n.incarnation = j.claimed_by
 WHERE j.status = 'processing'
   AND (n.incarnation IS NULL OR n.heartbeat_at < now() - lease.patience
        OR n.fenced_at < now() - lease.patience)
UNION ALL
-- A claim that was committed when its node had given it up is nobody's, although its node lives.
SELECT 'a living node knows the jobs it holds', j.id::text,
       format('claimed by %s, which last knew all it holds at %s', j.claimed_by,
         coalesce(n.knew_all_at::text, 'no time'))
  FROM jobs j CROSS JOIN lease JOIN nodes n ON n.incarnation = j.claimed_by
 WHERE j.status = 'processing' AND j.claimed_at < now() - lease.patience AND n.fenced_at IS NULL
   AND n.heartbeat_at >= now() - lease.patience
   AND coalesce(n.knew_all_at, '-infinity') < now() - lease.patience
UNION ALL
SELECT 'a living node knows the jobs it holds', n.incarnation::text,
       format('it holds %s jobs that were claimed before %s, and knew %s', count(*), n.knew_all_at,
         n.known_jobs)
  FROM nodes n JOIN jobs j ON j.claimed_by = n.incarnation AND j.status = 'processing'
   AND j.claimed_at <= n.knew_all_at
 WHERE n.fenced_at IS NULL GROUP BY n.incarnation HAVING count(*) > n.known_jobs
UNION ALL
SELECT 'every finished job was announced', j.id::text, j.status FROM jobs j
 WHERE j.finished_at IS NOT NULL AND j.finished_at > now() - interval '30 days'
   AND NOT EXISTS (SELECT FROM notifications n
                    WHERE n.job_id = j.id AND n.kind IN ('job_done', 'job_failed', 'job_violation'))
UNION ALL
SELECT 'a job is announced finished once', n.job_id::text, count(*)::text FROM notifications n
 WHERE n.kind IN ('job_done', 'job_failed', 'job_violation') GROUP BY n.job_id HAVING count(*) > 1
UNION ALL
-- Ten seconds of grace: of two transactions that write to one chat at the same time, the one that
-- numbered its message first may commit last.
SELECT 'messages of a chat are sent in order', e.chat_id::text, format('%s waits, %s was sent',
  e.id, n.id)
  FROM notifications e JOIN notifications n ON n.chat_id = e.chat_id AND n.id > e.id
 WHERE e.sent_at IS NULL AND n.sent_at > coalesce(e.renewed_at, e.created_at) + interval '10 seconds'
UNION ALL
SELECT 'a task serves one job', kie_task_id, count(*)::text FROM jobs
 WHERE kie_task_id IS NOT NULL GROUP BY kie_task_id HAVING count(*) > 1;
