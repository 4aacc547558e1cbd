-- A user for operators: what we know, his last movements of credits and jobs. NULL: unknown.
CREATE OR REPLACE FUNCTION users_show(p_tg_user_id bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT to_jsonb(u) || jsonb_build_object(
             'ledger', coalesce((SELECT jsonb_agg(to_jsonb(l)) FROM (
                SELECT kind, amount, job_id, note, created_at FROM credit_ledger
                 WHERE tg_user_id = u.tg_user_id ORDER BY id DESC LIMIT 20) l), '[]'),
             'jobs', coalesce((SELECT jsonb_agg(to_jsonb(j)) FROM (
                SELECT id, status, attempts, error, created_at, finished_at FROM jobs
                 WHERE tg_user_id = u.tg_user_id ORDER BY created_at DESC LIMIT 20) j), '[]'))
      FROM users u WHERE u.tg_user_id = p_tg_user_id);
END $$;
