-- A job that has ended accepts no transition, not even a repetition of its last one. Only what is
-- learnt afterwards (Telegram's id of the video) may still be written, and texts are erased by
-- users_forget(), which says so.
CREATE OR REPLACE FUNCTION refuse_changes_of_finished_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'job % is % already', OLD.id, OLD.status USING ERRCODE = 'NC004';
END $$;

CREATE OR REPLACE TRIGGER a_finished_job_stays_finished
  BEFORE UPDATE OF tg_user_id, idempotency_key, prompt, model, kie_task_id, kie_api_key, status,
    error,
                   attempts, run_at, claimed_by, video_url, created_at, started_at, finished_at
  ON jobs FOR EACH ROW
  WHEN (OLD.status IN ('completed', 'failed')
        AND current_setting('neurocards.forgets', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION refuse_changes_of_finished_jobs();
