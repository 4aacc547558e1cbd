-- An operator erases what a user told us: names, texts, photos, videos, also such as were still to
-- come. The numbers stay: his balance, ledger, payments, and when his jobs ran. The storage lets go
-- of his files with the janitor's next round. NC002: unknown user; NC004: a job of his has not
-- ended, or a message is on its way to him.
CREATE OR REPLACE FUNCTION users_forget(p_tg_user_id bigint, p_operator text, p_reason text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_jobs uuid[];
  v_files text[];
BEGIN
  v_jobs := ARRAY(SELECT j.id FROM jobs j WHERE j.tg_user_id = p_tg_user_id
                   ORDER BY j.id FOR NO KEY UPDATE);
  PERFORM 1 FROM users u WHERE u.tg_user_id = p_tg_user_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no user %', p_tg_user_id USING ERRCODE = 'NC002';
  END IF;
  IF EXISTS (SELECT FROM jobs j
              WHERE j.tg_user_id = p_tg_user_id AND j.status IN ('queued', 'processing'))
     OR EXISTS (SELECT FROM notifications n
                 WHERE n.chat_id = p_tg_user_id AND n.sent_at IS NULL) THEN
    RAISE EXCEPTION 'user % has a job or message under way: wait, or end it with "jobs fail"',
      p_tg_user_id USING ERRCODE = 'NC004';
  END IF;
  v_files := ARRAY(SELECT DISTINCT f.key FROM jobs j
                     CROSS JOIN LATERAL (VALUES (j.product_image_url), (j.video_url)) AS f(key)
                    WHERE j.tg_user_id = p_tg_user_id AND f.key <> '');
  PERFORM set_config('neurocards.forgets', 'on', true); -- refuse_changes_of_finished_jobs
  UPDATE jobs j
     SET product_name = NULL, product_text = NULL, extra_wishes = NULL, prompt = NULL,
         narration = NULL,
         product_image_url = NULL, video_file_id = NULL,
         error = CASE WHEN j.status = 'failed'
                   THEN coalesce(j.error_details->>'class', 'UNKNOWN') END, -- KIE may echo words
         error_details = j.error_details - 'user_prompt' - 'raw', updated_at = now()
   WHERE j.id = ANY (v_jobs);
  PERFORM set_config('neurocards.forgets', '', true);
  UPDATE job_events e SET details = e.details - 'error' - 'raw' - 'text'
   WHERE e.job_id = ANY (v_jobs);
  UPDATE job_tasks t SET settled_at = now() -- no late video of his is sent or kept
   WHERE t.job_id = ANY (v_jobs) AND t.settled_at IS NULL
     AND (t.abandoned_at IS NOT NULL OR t.task_id IS NULL);
  UPDATE users u SET username = NULL, first_name = NULL, language_code = NULL, updated_at = now()
   WHERE u.tg_user_id = p_tg_user_id;
  UPDATE sessions s SET state = 'idle', data = '{}', version = s.version + 1, updated_at = now()
   WHERE s.chat_id = p_tg_user_id; -- its photo is noted by watch_photos_of_drafts
  UPDATE notifications n SET payload = '{}' WHERE n.chat_id = p_tg_user_id AND n.payload <> '{}';
  DELETE FROM imported_rows i WHERE i.tg_user_id = p_tg_user_id;
  UPDATE cards c SET shown = '{}', finished = true WHERE c.chat_id = p_tg_user_id;
  DELETE FROM updates u WHERE u.chat_id = p_tg_user_id AND u.handled_at IS NOT NULL;
  INSERT INTO old_files AS f (key, tg_user_id, since)
  SELECT k.key, p_tg_user_id, '-infinity' FROM unnest(v_files) AS k(key) ORDER BY k.key
  ON CONFLICT (key) DO UPDATE SET since = '-infinity', due_at = now() WHERE f.taken_at IS NULL;
  UPDATE old_files f SET due_at = now()
   WHERE f.tg_user_id = p_tg_user_id AND f.taken_at IS NULL AND f.due_at > now();
  PERFORM record_operator_action(p_operator, 'users forget', p_tg_user_id::text, p_reason,
    jsonb_build_object('jobs', cardinality(v_jobs), 'files', cardinality(v_files)));
  RETURN jsonb_build_object('tg_user_id', p_tg_user_id, 'jobs', cardinality(v_jobs),
                            'files', cardinality(v_files));
END $$;
