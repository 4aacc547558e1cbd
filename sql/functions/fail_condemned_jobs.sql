-- Fails, with refund, those of `p_jobs` that have been found guilty of the crashes of their
-- workers. Whose user somebody has locked stays as he is, and so do all of them if something goes
-- wrong: what the caller has done besides must not be undone for it. Returns how many were failed.
CREATE OR REPLACE FUNCTION fail_condemned_jobs(p_jobs uuid[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_jobs uuid[];
  v_users bigint[];
  v_failed int;
BEGIN
  v_jobs := ARRAY(
    SELECT j.id FROM jobs j
     WHERE j.id = ANY (p_jobs) AND j.status IN ('queued', 'processing')
       AND is_condemned(j.blamed, j.kie_task_id, j.task_created_at)
     ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED);
  IF cardinality(v_jobs) = 0 THEN
    RETURN 0;
  END IF;
  v_users := ARRAY(
    SELECT u.tg_user_id FROM users u
     WHERE u.tg_user_id = ANY (ARRAY(SELECT j.tg_user_id FROM jobs j WHERE j.id = ANY (v_jobs)))
     ORDER BY u.tg_user_id FOR NO KEY UPDATE SKIP LOCKED);
  UPDATE jobs j
     SET status = 'failed', error = 'three workers died on it without progress',
         error_details = j.error_details || '{"class": "UNKNOWN", "raw": "rescues exhausted",
                                              "signal": "rescues_exhausted"}'
   WHERE j.id = ANY (v_jobs) AND j.tg_user_id = ANY (v_users);
  GET DIAGNOSTICS v_failed = ROW_COUNT;
  RETURN v_failed;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'condemned jobs were not failed: %', SQLERRM;
  RETURN 0;
END $$;
