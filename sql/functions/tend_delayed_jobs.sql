-- What happens to jobs without a task while the provider is down (since `p_down`) or no model is
-- left (since `p_out`): their users are told of an outage, once per job; what has waited for
-- `p_patience` fails with refund. With `p_stranded` only those that no provider takes although
-- another is up. One caller each time does it, a page; what somebody has locked waits for the next.
-- Returns how many jobs failed.
CREATE OR REPLACE FUNCTION tend_delayed_jobs(p_down timestamptz, p_out timestamptz,
                                             p_patience interval, p_reason text,
                                             p_stranded boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_page uuid[];
  v_users bigint[];
  v_failed int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('tend_delayed_jobs', 0)) THEN
    RETURN 0;
  END IF;
  IF least(p_down, p_out) <= now() - p_patience THEN
    v_page := ARRAY(SELECT j.id FROM jobs j
                     WHERE j.status = 'queued' AND NOT j.resumes
                       AND j.created_at <= now() - p_patience
                       AND (NOT p_stranded OR j.stranded_since <= now() - p_patience)
                     ORDER BY j.id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED);
    v_users := ARRAY(SELECT u.tg_user_id FROM users u
                      WHERE u.tg_user_id = ANY (ARRAY(SELECT j.tg_user_id FROM jobs j
                                                       WHERE j.id = ANY (v_page)))
                      ORDER BY u.tg_user_id FOR NO KEY UPDATE SKIP LOCKED);
    UPDATE jobs j
       SET status = 'failed', error = CASE WHEN p_down <= now() - p_patience
             THEN 'the provider was down for longer than kie.outage-patience'
             ELSE 'no model was up for longer than kie.outage-patience' END,
           error_details = j.error_details || jsonb_build_object(
             'class', CASE WHEN p_down <= now() - p_patience THEN 'OUTAGE' ELSE 'MODEL_DOWN' END,
             'raw', coalesce(CASE WHEN p_down <= now() - p_patience THEN p_reason END, ''),
             'signal', 'patience_exhausted')
     WHERE j.id = ANY (v_page) AND j.tg_user_id = ANY (v_users) AND j.status = 'queued';
    GET DIAGNOSTICS v_failed = ROW_COUNT;
  END IF;
  IF p_down IS NOT NULL AND NOT p_stranded THEN -- else they heard it in retry_jobs
    WITH told AS (
      UPDATE jobs j SET delay_told = true, updated_at = now()
       WHERE j.id = ANY (ARRAY(SELECT x.id FROM jobs x
                                WHERE x.status = 'queued' AND NOT x.resumes AND x.run_at <= now()
                                  AND NOT x.delay_told
                                ORDER BY x.run_at, x.id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED))
      RETURNING j.id, j.tg_user_id
    )
    INSERT INTO notifications (chat_id, job_id, kind)
    SELECT t.tg_user_id, t.id, 'job_delayed' FROM told t ORDER BY t.id;
    IF FOUND THEN
      PERFORM pg_notify('outbox', '');
    END IF;
  END IF;
  RETURN v_failed;
END $$;
