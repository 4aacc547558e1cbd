-- Whatever makes a job `failed` (fail_jobs, a rescue, an operator's plain UPDATE) gives the credit
-- back, tells the user and is an event in the same transaction: the two triggers are the only place that does.
CREATE OR REPLACE FUNCTION end_failed_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.finished_at := greatest(now(), OLD.created_at, OLD.started_at);
  NEW.claimed_by := NULL;
  NEW.attempt_open := false;
  NEW.resumes := false;
  NEW.updated_at := now();
  IF NOT NEW.error_details ? 'class' THEN
    NEW.error_details := NEW.error_details || '{"class": "UNKNOWN"}';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER a_failed_job_ends BEFORE UPDATE OF status ON jobs FOR EACH ROW
  WHEN (NEW.status = 'failed' AND OLD.status IN ('queued', 'processing'))
  EXECUTE FUNCTION end_failed_job();

CREATE OR REPLACE FUNCTION refund_failed_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO credit_ledger (tg_user_id, job_id, kind, amount) VALUES (NEW.tg_user_id, NEW.id,
    'refund', 1);
  -- One that was never claimed leaves its turn to what its user orders next.
  UPDATE users
     SET credits = credits + 1, updated_at = now(),
         last_turn = last_turn - CASE WHEN OLD.claim = 0 THEN 1 ELSE 0 END
   WHERE tg_user_id = NEW.tg_user_id;
  INSERT INTO notifications (chat_id, job_id, kind, payload)
  VALUES (NEW.tg_user_id, NEW.id,
          CASE WHEN NEW.error_details->>'class' = 'USER_VIOLATION'
            THEN 'job_violation' ELSE 'job_failed' END,
          jsonb_build_object('attempt', NEW.attempts, 'raw', NEW.error_details->>'raw')
            || CASE WHEN NEW.error_details->>'class' = 'CANCELLED' THEN jsonb '{"cancelled": true}'
                    ELSE '{}' END);
  PERFORM pg_notify('outbox', '');
  INSERT INTO job_events (job_id, what, node, attempt, claim)
  VALUES (NEW.id, 'failed', acting_node(), NEW.attempts,
          CASE WHEN OLD.status = 'processing' THEN NEW.claim END);
  -- A video that its task brings after all would be a late one; whoever knows better says so
  -- afterwards.
  PERFORM abandon_tasks(ARRAY[NEW.intent_token], ARRAY[true]);
  IF OLD.rescues >= 2 THEN
    DELETE FROM suspects WHERE job_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_failed_job_is_refunded AFTER UPDATE OF status ON jobs FOR EACH ROW
  WHEN (NEW.status = 'failed' AND OLD.status IN ('queued', 'processing'))
  EXECUTE FUNCTION refund_failed_job();
