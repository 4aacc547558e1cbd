-- claim_jobs() for a cluster that shares KIE's creation budget: fresh jobs are claimed no faster
-- than their tasks may be created, and not at all while every provider is down, an operator has
-- paused the queue, or no key or no model may be used. What cannot be started waits in the queue,
-- where any node can take it, and not in a worker. Jobs that a provider works on are claimed
-- whatever is paused; only a node that was told to drain claims nothing. Fresh jobs must have been
-- due for `p_overdue`: a node that KIE does not answer lets others go first. `p_keys` and
-- `p_accounts` are parallel: which account each key draws on; `p_key_providers` and
-- `p_model_providers` whose each key and model is (NULL: all are KIE's). With several providers a
-- trial of one that is down is used up by its intent.
CREATE OR REPLACE FUNCTION claim_jobs_within_budget(
  p_node uuid, p_limit int, p_keys text[], p_accounts text[], p_budget int, p_models text[],
  p_overdue interval DEFAULT '0', p_key_providers text[] DEFAULT NULL,
  p_model_providers text[] DEFAULT NULL)
RETURNS SETOF jobs LANGUAGE plpgsql AS $$
DECLARE
  v_key_providers text[] := coalesce(p_key_providers,
    array_fill('kie'::text, ARRAY[cardinality(p_keys)]));
  v_model_providers text[] := coalesce(p_model_providers,
    array_fill('kie'::text, ARRAY[cardinality(p_models)]));
  v_several boolean := NOT (v_key_providers[1] = ALL (v_key_providers));
  v_drained boolean;
  v_accounts int; -- with a key that does not cool down, of providers that take jobs; 0: nothing waits
  v_down boolean; -- the only provider
  v_free int := 0;
  v_job jobs;
  v_new int := 0;
BEGIN
  -- One statement for all that is looked up: what a statement costs besides, an idle database feels.
  SELECT d.drained, d.down, CASE WHEN d.waits THEN (
      WITH usable AS (
        SELECT DISTINCT m.provider FROM unnest(p_models, v_model_providers) AS m(model, provider)
         WHERE m.model NOT IN (SELECT o.name FROM out_of_use('model', p_models) o)
      )
      SELECT count(DISTINCT k.account)
        FROM unnest(p_keys, p_accounts, v_key_providers) AS k(key, account, provider)
        JOIN usable u ON u.provider = k.provider
       WHERE k.key NOT IN (SELECT o.name FROM out_of_use('key', p_keys) o)
         AND (NOT v_several OR provider_takes_jobs(k.provider, p_keys, v_key_providers))
    ) ELSE 0 END
    INTO v_drained, v_down, v_accounts
    FROM (SELECT EXISTS (SELECT FROM nodes n JOIN pauses p ON p.name = n.name
                          WHERE n.incarnation = p_node AND p.subject = 'node' AND p.ends_at > now()
                 ) AS drained,
                 EXISTS (SELECT FROM providers p
                          WHERE p.name = v_model_providers[1] AND p.down_since IS NOT NULL) AS down,
                 EXISTS (SELECT FROM jobs
                          WHERE status = 'queued' AND NOT resumes AND run_at <= now())
                   AND NOT EXISTS (SELECT FROM pauses p WHERE p.subject = 'queue' AND p.name = ''
                                                          AND p.ends_at > now()) AS waits
           OFFSET 0) d;
  IF v_drained THEN
    RETURN;
  END IF;
  IF v_accounts > 0 THEN
    v_free := free_slots('claims', (least(p_budget::bigint * v_accounts, 1000000000))::int);
    IF v_several THEN
      IF NOT EXISTS (
          SELECT FROM unnest(v_key_providers) AS k(provider)
           WHERE NOT EXISTS (SELECT FROM providers p
                              WHERE p.name = k.provider AND p.down_since IS NOT NULL)) THEN
        v_free := least(v_free, CASE WHEN p_overdue = '0' THEN 1 ELSE 0 END); -- a trial
      END IF;
    ELSIF v_down THEN
      v_free := least(v_free, claims_while_down(v_model_providers[1], p_overdue = '0'));
    END IF;
  END IF;
  FOR v_job IN SELECT * FROM claim_jobs(p_node, p_limit, v_free, p_overdue) LOOP
    v_new := v_new + CASE WHEN v_job.kie_task_id IS NULL THEN 1 ELSE 0 END;
    RETURN NEXT v_job;
  END LOOP;
  IF v_new > 0 THEN
    PERFORM take_slots('claims', v_new);
  END IF;
END $$;
