-- By hand: retries, fails or cancels all jobs that a filter means, in one transaction, and says of
-- each that could not be why. `p_expected`: how many the operator was told of; another number
-- changes nothing (NC006), so does one beyond 1000.
CREATE OR REPLACE FUNCTION operator_act_on_jobs(p_action text, p_filter jsonb, p_expected int,
                                                p_operator text, p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_ids uuid[] := ARRAY(SELECT jobs_matching(p_filter));
  v_id uuid;
  v_done int := 0;
  v_refused jsonb := '[]';
BEGIN
  IF cardinality(v_ids) <> p_expected OR p_expected > 1000 THEN
    RAISE EXCEPTION '% jobs match now, % were expected (at most 1000)', cardinality(v_ids),
      p_expected USING ERRCODE = 'NC006';
  END IF;
  -- All locks first, in the order of everybody: a refund locks a user, too.
  PERFORM 1 FROM jobs j WHERE j.id = ANY (v_ids) ORDER BY j.id FOR NO KEY UPDATE;
  PERFORM 1 FROM users u
    WHERE u.tg_user_id = ANY (ARRAY(SELECT j.tg_user_id FROM jobs j WHERE j.id = ANY (v_ids)))
    ORDER BY u.tg_user_id FOR NO KEY UPDATE;
  FOREACH v_id IN ARRAY v_ids LOOP
    BEGIN
      CASE p_action
        WHEN 'retry' THEN PERFORM operator_retry_job(v_id);
        WHEN 'cancel' THEN PERFORM operator_cancel_job(v_id);
        WHEN 'fail' THEN PERFORM operator_fail_job(v_id, 'failed by an operator');
      END CASE;
      v_done := v_done + 1;
    EXCEPTION WHEN SQLSTATE 'NC004' OR SQLSTATE 'NC005' THEN
      v_refused := v_refused || jsonb_build_object('id', v_id, 'why', SQLERRM);
    END;
  END LOOP;
  PERFORM record_operator_action(p_operator, 'jobs ' || p_action, '', p_reason,
    jsonb_build_object('filter', p_filter, 'done', v_done,
                       'refused', jsonb_array_length(v_refused)));
  RETURN jsonb_build_object('done', v_done, 'refused', v_refused);
END $$;
