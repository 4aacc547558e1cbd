-- Its user takes a job back for which KIE makes nothing and was asked for nothing that may still
-- come: it ends as failed with its credit back, in the transaction of the caller. False: it is not
-- his, has ended, or it is too late. The caller has locked the job before its user.
CREATE OR REPLACE FUNCTION cancel_waiting_job(p_user bigint, p_job uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jobs j
     SET status = 'failed', error = 'cancelled by its user',
         error_details = j.error_details || '{"class": "CANCELLED"}'
   WHERE j.id = p_job AND j.tg_user_id = p_user AND j.status = 'queued'
     AND j.kie_task_id IS NULL AND j.intent_token IS NULL;
  RETURN FOUND;
END $$;
