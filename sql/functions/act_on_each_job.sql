-- By hand: retries, cancels, fails or sends again (`resend`) each of these jobs, and says of each
-- whether it was done or why not. All locks first, in the order of everybody: a refund locks a
-- user, too.
CREATE OR REPLACE FUNCTION act_on_each_job(p_action text, p_ids uuid[]) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid;
  v_results jsonb := '[]';
BEGIN
  PERFORM 1 FROM jobs j WHERE j.id = ANY (p_ids) ORDER BY j.id FOR NO KEY UPDATE;
  PERFORM 1 FROM users u
    WHERE u.tg_user_id = ANY (ARRAY(SELECT j.tg_user_id FROM jobs j WHERE j.id = ANY (p_ids)))
    ORDER BY u.tg_user_id FOR NO KEY UPDATE;
  FOREACH v_id IN ARRAY p_ids LOOP
    BEGIN
      CASE p_action
        WHEN 'retry' THEN PERFORM operator_retry_job(v_id);
        WHEN 'cancel' THEN PERFORM operator_cancel_job(v_id);
        WHEN 'fail' THEN PERFORM operator_fail_job(v_id, 'failed by an operator');
        WHEN 'resend' THEN PERFORM operator_resend_video(v_id);
      END CASE;
      v_results := v_results || jsonb_build_object('id', v_id, 'done', true);
    EXCEPTION WHEN SQLSTATE 'NC004' OR SQLSTATE 'NC005' THEN
      v_results := v_results || jsonb_build_object('id', v_id, 'done', false, 'why', SQLERRM);
    END;
  END LOOP;
  RETURN v_results;
END $$;
