-- The history of a job: every transition with its time, node, attempt and reason, in the order of time.
-- Most are told by the rows that the transitions wrote (the job's, its tasks', the ledger's), the others
-- by job_events. What was done under a claim was done on the node that had claimed. `claim` is that
-- claim's number. Of jobs that began under older programs, some nodes and times are not known.
-- Raises NC005 for an unknown job.
CREATE OR REPLACE FUNCTION job_timeline(p_job uuid)
RETURNS TABLE(at timestamptz, kind text, node text, attempt int, reason text, claim int)
LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
BEGIN
  SELECT * INTO v_job FROM jobs j WHERE j.id = p_job;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no job %', p_job USING ERRCODE = 'NC005';
  END IF;
  RETURN QUERY
  WITH written AS MATERIALIZED (
    SELECT * FROM job_events e WHERE e.job_id = p_job
  ), tasks AS MATERIALIZED (
    SELECT * FROM job_tasks k WHERE k.job_id = p_job
  ), claims AS MATERIALIZED (
    -- The event that ended a claim tells of it; of the last one, if it was not ended so, the job.
    SELECT w.claim, w.node, w.attempt, w.claimed_at FROM written w WHERE w.claimed_at IS NOT NULL
    UNION ALL
    SELECT v_job.claim, v_job.claimed_on, v_job.attempts, v_job.claimed_at
     WHERE v_job.claimed_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM written w
                        WHERE w.claimed_at IS NOT NULL AND w.claim = v_job.claim)
  ), facts(at, place, kind, node, attempt, reason, claim) AS (
    -- `place`: where it belongs among what happened in the same transaction.
    SELECT v_job.created_at, -2::bigint, 'ordered', v_job.ordered_on, NULL::int, v_job.template_type,
           NULL::int
    UNION ALL
    -- Two: each finds its row by the unique index of its kind.
    SELECT l.created_at, -1, 'charged', v_job.ordered_on, NULL, abs(l.amount) || ' credit', NULL
      FROM credit_ledger l WHERE l.job_id = p_job AND l.kind = 'charge'
    UNION ALL
    SELECT l.created_at, 9223372036854775806, 'refunded',
           (SELECT w.node FROM written w WHERE w.what = 'failed' LIMIT 1), v_job.attempts,
           l.amount || ' credit', NULL
      FROM credit_ledger l WHERE l.job_id = p_job AND l.kind = 'refund'
    UNION ALL
    SELECT c.claimed_at, 0, 'claimed', c.node, c.attempt, NULL, c.claim FROM claims c
    UNION ALL
    SELECT v_job.started_at, 0, 'claimed', NULL, 1, 'the first claim; its node was not written down',
           NULL
     WHERE v_job.started_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM claims c WHERE c.claimed_at <= v_job.started_at)
    UNION ALL
    SELECT v_job.prompt_at, 0, 'script', NULL, NULL, v_job.prompt_source, v_job.prompt_claim
     WHERE v_job.prompt_at IS NOT NULL
    UNION ALL
    SELECT k.photo_at, 0, 'photo', NULL, k.attempt, k.photo, k.claim
      FROM tasks k WHERE k.photo_at IS NOT NULL
    UNION ALL
    SELECT k.intent_at, 1, 'intent', NULL, k.attempt, 'model ' || k.model || ', key ' || k.kie_api_key,
           k.claim
      FROM tasks k
    UNION ALL
    SELECT k.created_at, 2, 'task', NULL, k.attempt, k.task_id, k.claim
      FROM tasks k WHERE k.created_at IS NOT NULL
    UNION ALL
    SELECT k.abandoned_at, 9223372036854775807, 'task_abandoned', NULL, k.attempt,
           coalesce(k.task_id, 'its creation was never answered')
             || CASE WHEN k.settled_at IS DISTINCT FROM k.abandoned_at
                  THEN '; a late result would be delivered' ELSE '' END, k.claim
      FROM tasks k WHERE k.abandoned_at IS NOT NULL
    UNION ALL
    SELECT v_job.result_at, 3, 'result', NULL, v_job.attempts, v_job.kie_task_id, v_job.claim
     WHERE v_job.result_at IS NOT NULL
    UNION ALL
    SELECT v_job.finished_at, 9223372036854775805, 'completed', NULL, v_job.attempts, v_job.video_url, v_job.claim
     WHERE v_job.status = 'completed'
    UNION ALL
    SELECT v_job.finished_at, 9223372036854775805, 'failed', w.node, v_job.attempts,
           concat_ws(': ', v_job.error_details->>'class',
                     shown_error(v_job.error, v_job.error_details)), NULL
      FROM (SELECT) one LEFT JOIN written w ON w.what = 'failed' WHERE v_job.status = 'failed'
    UNION ALL
    SELECT v_job.delivered_at, 0, 'delivered', v_job.delivered_on, v_job.attempts, NULL, NULL
     WHERE v_job.delivered_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM written w
                        WHERE w.what = 'delivered' AND w.created_at = v_job.delivered_at)
    UNION ALL
    SELECT w.created_at, w.id, event_kind(w.what), w.node,
           coalesce(w.attempt, (w.details->>'attempt')::int), event_reason(w.what, w.details),
           coalesce(w.claim, (w.details->>'claim')::int)
      FROM written w WHERE w.what <> 'failed'
  ), known AS MATERIALIZED (
    SELECT f.at, f.place, f.kind, coalesce(f.node, c.node) AS node,
           coalesce(f.attempt, c.attempt) AS attempt,
           CASE WHEN f.kind = 'claimed' AND EXISTS (
                  SELECT FROM tasks k WHERE k.created_at < f.at
                     AND coalesce(k.abandoned_at, 'infinity') > f.at)
             THEN 'goes on with its task' ELSE f.reason END AS reason, f.claim
      FROM facts f LEFT JOIN claims c ON c.claim = f.claim
  ), turns AS (
    -- From when to when it waited in the queue.
    SELECT k.at AS since, coalesce(lead(k.at) OVER (ORDER BY k.at, k.place), now()) AS until,
           k.kind NOT IN ('claimed', 'completed', 'failed') AS waits, k.attempt
      FROM known k
     WHERE k.kind IN ('ordered', 'claimed', 'retry', 'take_over', 'released', 'fault',
                      'taken_away', 'completed', 'failed')
  )
  SELECT t.at, t.kind, t.node, t.attempt, t.reason, t.claim FROM (
    SELECT k.* FROM known k
    UNION ALL
    SELECT greatest(w.since, o.began_at), 9223372036854775807, 'outage_wait', NULL, w.attempt,
           o.provider || ' is down: ' || o.reason, NULL
      FROM turns w JOIN outages o
        ON o.began_at < w.until AND coalesce(o.ended_at, 'infinity') > w.since
     WHERE w.waits) t
   ORDER BY t.at, t.place, t.kind;
END $$;
