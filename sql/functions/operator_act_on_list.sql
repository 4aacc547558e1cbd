-- By hand, as operator_act_on_jobs, on jobs that the operator has named; each is an action of its
-- own in operator_actions, also one that was refused.
CREATE OR REPLACE FUNCTION operator_act_on_list(p_action text, p_ids uuid[], p_operator text,
                                                p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_results jsonb := act_on_each_job(p_action, p_ids);
BEGIN
  PERFORM record_operator_action(p_operator, 'jobs ' || p_action, x->>'id', p_reason, x - 'id')
     FROM jsonb_array_elements(v_results) x;
  RETURN jsonb_build_object(
    'done', (SELECT count(*) FROM jsonb_array_elements(v_results) x WHERE (x->>'done')::boolean),
    'results', v_results);
END $$;
