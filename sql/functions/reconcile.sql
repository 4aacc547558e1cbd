-- Mends what a restore made the database forget: brings purchases back (`bring_purchases_back`),
-- takes back what Telegram refunded (`p_refunded`: charges; `refund_payment`) and, if `p_end_jobs`,
-- ends the jobs without a task with their credit given back. Kept with who and why, and with the
-- moment from which on nothing else is known. Repeating it changes nothing more. Where nodes work
-- by now no job is ended, and nothing at all is done: they may have been started while the operator
-- was asked.
CREATE OR REPLACE FUNCTION reconcile(p_purchases jsonb, p_end_jobs boolean, p_operator text,
                                     p_reason text, p_refunded text[] DEFAULT '{}')
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_state jsonb;
  v_jobs uuid[] := '{}';
  v_job uuid;
  v_refunds jsonb;
  v_result jsonb;
BEGIN
  IF p_end_jobs THEN
    v_jobs := ARRAY(SELECT j.id FROM jobs j
                     WHERE j.status IN ('queued', 'processing') AND j.kie_task_id IS NULL
                     ORDER BY j.id FOR NO KEY UPDATE);
  END IF;
  PERFORM 1 FROM users u
    WHERE u.tg_user_id = ANY (ARRAY(SELECT j.tg_user_id FROM jobs j WHERE j.id = ANY (v_jobs)
            UNION SELECT (p->>'user')::bigint FROM jsonb_array_elements(p_purchases) p
            UNION SELECT p.tg_user_id FROM payments p WHERE p.charge_id = ANY (p_refunded)))
    ORDER BY u.tg_user_id FOR NO KEY UPDATE;
  v_state := what_was_restored(); -- after the locks: a node that comes later claims none of these
  IF p_end_jobs AND (v_state->'nodes_work')::boolean THEN
    RAISE EXCEPTION 'nodes work here by now, so nothing was changed; run it once more'
      USING ERRCODE = 'NC006';
  END IF;
  FOREACH v_job IN ARRAY v_jobs LOOP
    PERFORM operator_fail_job(v_job, 'unfinished in a backup that was restored');
  END LOOP;
  SELECT jsonb_build_object('refunded', count(*) FILTER (WHERE r.fresh), 'credits_taken',
                            coalesce(sum(r.taken) FILTER (WHERE r.fresh), 0)) INTO v_refunds
    FROM (SELECT DISTINCT charge FROM unnest(p_refunded) AS x(charge) ORDER BY charge) c
   CROSS JOIN LATERAL refund_payment(c.charge) r;
  v_result := bring_purchases_back(p_purchases) || v_refunds || jsonb_build_object(
    'jobs_ended', cardinality(v_jobs), 'known_until', v_state->'known_until',
    'restored', NOT (v_state->'nodes_work')::boolean);
  PERFORM record_operator_action(p_operator, 'reconcile', '', p_reason, v_result);
  RETURN v_result;
END $$;
