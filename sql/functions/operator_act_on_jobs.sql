-- By hand: retries, fails or cancels all jobs that a filter means, in one transaction, and says of
-- each whether it was done or why not (`results`, act_on_each_job). `p_expected`: how many the
-- operator was told of; another number changes nothing (NC006), so does one beyond 1000. Where
-- none is meant nothing is done, hence nothing is kept.
CREATE OR REPLACE FUNCTION operator_act_on_jobs(p_action text, p_filter jsonb, p_expected int,
                                                p_operator text, p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_ids uuid[] := ARRAY(SELECT jobs_matching(p_filter));
  v_results jsonb;
  v_refused jsonb;
BEGIN
  IF cardinality(v_ids) <> p_expected OR p_expected > 1000 THEN
    RAISE EXCEPTION '% jobs match now, % were expected (at most 1000)', cardinality(v_ids),
      p_expected USING ERRCODE = 'NC006';
  END IF;
  IF p_expected = 0 THEN
    RETURN jsonb_build_object('done', 0, 'refused', '[]'::jsonb, 'results', '[]'::jsonb);
  END IF;
  v_results := act_on_each_job(p_action, v_ids);
  v_refused := (SELECT coalesce(jsonb_agg(x - 'done'), '[]') FROM jsonb_array_elements(v_results) x
                 WHERE NOT (x->>'done')::boolean);
  PERFORM record_operator_action(p_operator, 'jobs ' || p_action, '', p_reason,
    jsonb_build_object('filter', p_filter, 'done', p_expected - jsonb_array_length(v_refused),
                       'refused', jsonb_array_length(v_refused)));
  RETURN jsonb_build_object('done', p_expected - jsonb_array_length(v_refused),
                            'refused', v_refused, 'results', v_results);
END $$;
