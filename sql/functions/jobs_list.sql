-- Jobs for operators, newest first; NULL: any status, any user.
CREATE OR REPLACE FUNCTION jobs_list(p_status text DEFAULT NULL, p_tg_user_id bigint DEFAULT NULL,
  p_limit int DEFAULT 50)
RETURNS TABLE(id uuid, tg_user_id bigint, status text, attempts int, template_type text, model text,
              kie_task_id text, error text, run_at timestamptz, created_at timestamptz,
              finished_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT j.id, j.tg_user_id, j.status, j.attempts, j.template_type, j.model, j.kie_task_id,
         shown_error(j.error, j.error_details),
         j.run_at, j.created_at, j.finished_at
    FROM jobs j
   WHERE (p_status IS NULL OR j.status = p_status)
     AND (p_tg_user_id IS NULL OR j.tg_user_id = p_tg_user_id)
   ORDER BY j.id DESC LIMIT p_limit; -- ids ascend with time
END $$;
