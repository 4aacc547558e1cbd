-- claim_jobs() for a cluster that shares KIE's creation budget: fresh jobs are claimed no faster
-- than their tasks may be created, and not at all while KIE is down or every key or every model
-- cools down. What cannot be started waits in the queue, where any node can take it, and not in a
-- worker. Fresh jobs must have been due for `p_overdue`: a node that KIE does not answer lets
-- others go first. `p_keys` and `p_accounts` are parallel: which account each key draws on.
CREATE OR REPLACE FUNCTION claim_jobs_within_budget(
  p_node uuid, p_limit int, p_keys text[], p_accounts text[], p_budget int, p_models text[],
  p_overdue interval DEFAULT '0')
RETURNS SETOF jobs LANGUAGE plpgsql AS $$
DECLARE
  v_accounts int; -- with a key that does not cool down
  v_free int := 0;
  v_job jobs;
  v_new int := 0;
BEGIN
  SELECT count(DISTINCT k.account) INTO v_accounts
    FROM unnest(p_keys, p_accounts) AS k(key, account)
   WHERE NOT EXISTS (SELECT FROM kie_keys r
     WHERE r.fingerprint = k.key AND r.blocked_until > now());
  IF v_accounts > 0 AND EXISTS (
       SELECT FROM unnest(p_models) AS m(model)
        WHERE NOT EXISTS (SELECT FROM kie_models r
          WHERE r.model = m.model AND r.blocked_until > now()))
     AND EXISTS (SELECT FROM jobs WHERE status = 'queued' AND NOT resumes AND run_at <= now()) THEN
    v_free := least(free_slots('claims', (least(p_budget::bigint * v_accounts, 1000000000))::int),
                    claims_while_down('kie', p_overdue = '0'));
  END IF;
  FOR v_job IN SELECT * FROM claim_jobs(p_node, p_limit, v_free, p_overdue) LOOP
    v_new := v_new + CASE WHEN v_job.kie_task_id IS NULL THEN 1 ELSE 0 END;
    RETURN NEXT v_job;
  END LOOP;
  IF v_new > 0 THEN
    PERFORM take_slots('claims', v_new);
  END IF;
END $$;
