-- What users wish for jobs of theirs, each with its step: videos again, and jobs taken back. What
-- is on its way to its user is not sent twice. Returns the outcomes of the steps: of a cancellation
-- 5 (the job has ended, its credit is back) or 6 (it was too late, or is not his), of others as
-- they are. The jobs are locked already, as before any user.
CREATE OR REPLACE FUNCTION wishes_of_users(p_outcomes int[], p_applies boolean[], p_users bigint[],
                                           p_cancel_steps int[], p_cancel_jobs uuid[],
                                           p_resend_steps int[], p_resend_jobs uuid[])
RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  v_step int;
  v_job uuid;
BEGIN
  FOR v_step, v_job IN
    SELECT c.step, c.job FROM unnest(p_cancel_steps, p_cancel_jobs) AS c(step, job)
     WHERE p_applies[c.step] ORDER BY p_users[c.step]
  LOOP
    p_outcomes[v_step] := CASE WHEN cancel_waiting_job(p_users[v_step], v_job) THEN 5 ELSE 6 END;
  END LOOP;
  PERFORM resend_video(x.id, 'sent_again')
     FROM (SELECT DISTINCT j.id -- who presses twice wants it once
             FROM unnest(p_resend_steps, p_resend_jobs) AS r(step, job)
             JOIN jobs j ON j.id = ANY (ARRAY[r.job]) AND j.tg_user_id = p_users[r.step]
            WHERE p_applies[r.step]
              AND NOT EXISTS (SELECT FROM notifications n
                               WHERE n.job_id = r.job AND n.kind = 'job_done'
                                 AND n.sent_at IS NULL)) x;
  RETURN p_outcomes;
END $$;
