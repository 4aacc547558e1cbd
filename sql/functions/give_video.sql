-- The task a job went on without brought a video after all: sends it as a late video, once per
-- task. False: it was sent or settled before, its job has it back, or nothing is known of the
-- token; then nobody needs the file, unless this call is the repeat of one that sent it. `p_cost`:
-- what it cost in US$, as far as anybody said.
CREATE OR REPLACE FUNCTION give_video(p_token text, p_video text, p_bytes bigint,
                                      p_cost numeric DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_job uuid;
  v_attempt int;
  v_task text;
  v_model text;
BEGIN
  PERFORM 1 FROM jobs j -- before its tasks, as everybody does
    WHERE j.id = (SELECT t.job_id FROM job_tasks t WHERE t.token = p_token) FOR NO KEY UPDATE;
  UPDATE job_tasks t SET settled_at = now()
   WHERE t.token = p_token AND t.settled_at IS NULL AND t.abandoned_at IS NOT NULL
  RETURNING t.job_id, t.attempt, t.task_id, t.model INTO v_job, v_attempt, v_task, v_model;
  IF NOT FOUND THEN
    INSERT INTO old_files (key, tg_user_id, since)
    SELECT p_video, j.tg_user_id, '-infinity'
      FROM job_tasks t JOIN jobs j ON j.id = t.job_id WHERE t.token = p_token AND p_video <> ''
    ON CONFLICT (key) DO NOTHING;
    RETURN false;
  END IF;
  UPDATE jobs j SET cost = coalesce(j.cost, 0) + p_cost WHERE j.id = v_job AND p_cost IS NOT NULL;
  INSERT INTO earnings (day, model, late, unpriced, cost)
  VALUES (timezone('UTC', now())::date, v_model, 1, (p_cost IS NULL)::int, coalesce(p_cost, 0));
  INSERT INTO notifications (chat_id, job_id, kind, payload)
  SELECT j.tg_user_id, j.id, 'gift_video',
         jsonb_strip_nulls(jsonb_build_object('video', p_video, 'bytes', p_bytes,
                                              'narration', j.narration))
    FROM jobs j WHERE j.id = v_job;
  INSERT INTO old_files AS f (key, tg_user_id) SELECT p_video, j.tg_user_id FROM jobs j
    WHERE j.id = v_job AND p_video <> ''
  ON CONFLICT (key) DO UPDATE -- it was stored in vain before
    SET since = EXCLUDED.since, due_at = now(), tries = 0, taken_at = NULL, removed_at = NULL;
  INSERT INTO job_events (job_id, what, node, attempt, details)
  VALUES (v_job, 'task.gave_late_video', acting_node(), v_attempt,
          jsonb_build_object('video', p_video, 'task', v_task));
  PERFORM pg_notify('outbox', '');
  RETURN true;
END $$;
