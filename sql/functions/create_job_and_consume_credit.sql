-- One job for one credit, or nothing at all. A key seen before returns its job and charges nothing.
-- Raises NC001 (no credits), NC002 (unknown user), NC003 (the key belongs to somebody else's job).
-- The lock on the user makes his orders queue up; therefore the key is looked up after it.
CREATE OR REPLACE FUNCTION create_job_and_consume_credit(
  p_tg_user_id BIGINT, p_template_type TEXT, p_idempotency_key TEXT, p_photo_path TEXT,
  p_prompt_input JSONB)
RETURNS TABLE(job_id UUID, new_credits INT) LANGUAGE plpgsql AS $$
DECLARE
  v_credits int;
  v_job uuid;
  v_owner bigint;
BEGIN
  SELECT u.credits INTO v_credits FROM users u WHERE u.tg_user_id = p_tg_user_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'user % is unknown', p_tg_user_id USING ERRCODE = 'NC002';
  END IF;
  SELECT j.id, j.tg_user_id INTO v_job, v_owner
    FROM jobs j WHERE j.idempotency_key = p_idempotency_key;
  IF v_owner <> p_tg_user_id THEN
    RAISE EXCEPTION 'key % belongs to another user''s job',
      p_idempotency_key USING ERRCODE = 'NC003';
  END IF;
  IF v_job IS NULL THEN
    IF v_credits < 1 THEN
      RAISE EXCEPTION 'user % has no credits', p_tg_user_id USING ERRCODE = 'NC001';
    END IF;
    v_job := insert_jobs(ARRAY[p_tg_user_id], ARRAY[p_template_type], ARRAY[p_idempotency_key],
                         ARRAY[p_photo_path], ARRAY[p_prompt_input]);
    v_credits := v_credits - 1;
    PERFORM pg_notify('jobs', '');
  END IF;
  RETURN QUERY SELECT v_job, v_credits;
END $$;
