-- claim_jobs() for a cluster that shares KIE's creation budget: fresh jobs are claimed no faster
-- than their tasks may be created, and not at all while KIE is down, an operator has paused the
-- queue, or no key or no model may be used. What cannot be started waits in the queue, where any
-- node can take it, and not in a worker. Jobs that KIE works on are claimed whatever is paused; only
-- a node that was told to drain claims nothing. Fresh jobs must have been due for `p_overdue`: a node
-- that KIE does not answer lets others go first. `p_keys` and `p_accounts` are parallel: which
-- account each key draws on.
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
  IF EXISTS (SELECT FROM nodes n WHERE n.incarnation = p_node AND is_paused('node', n.name)) THEN
    RETURN;
  END IF;
  SELECT count(DISTINCT k.account) INTO v_accounts
    FROM unnest(p_keys, p_accounts) AS k(key, account)
   WHERE k.key NOT IN (SELECT o.name FROM out_of_use('key', p_keys) o);
  IF v_accounts > 0 AND NOT is_paused('queue') AND EXISTS (
       SELECT FROM unnest(p_models) AS m(model)
        WHERE m.model NOT IN (SELECT o.name FROM out_of_use('model', p_models) o))
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
