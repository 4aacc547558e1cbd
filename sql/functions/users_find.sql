-- Users for operators, newest first: whose id, username (with or without @), first name, job or
-- payment the text is; '' finds all. Names match when they contain the text, whatever its case.
CREATE OR REPLACE FUNCTION users_find(p_text text, p_limit int DEFAULT 50) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH word AS (
    SELECT ltrim(btrim(p_text), '@') AS exact,
           '%' || regexp_replace(ltrim(btrim(p_text), '@'), '([\\%_])', '\\\1', 'g')
             || '%' AS pattern
  )
  SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.created_at DESC, f.tg_user_id), '[]')
    FROM (SELECT u.tg_user_id, u.username, u.first_name, u.credits, u.banned_at, u.blocked_at,
                 u.created_at,
                 (SELECT count(*) FROM jobs j WHERE j.tg_user_id = u.tg_user_id) AS jobs
            FROM users u, word w
           WHERE u.tg_user_id::text = w.exact OR u.username ILIKE w.pattern
              OR u.first_name ILIKE w.pattern OR w.exact = ''
              OR u.tg_user_id IN (SELECT j.tg_user_id FROM jobs j WHERE j.id::text = w.exact)
              OR u.tg_user_id IN (SELECT p.tg_user_id FROM payments p WHERE p.charge_id = w.exact)
           ORDER BY u.created_at DESC, u.tg_user_id LIMIT p_limit) f
$$;
