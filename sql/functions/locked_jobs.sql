-- Which of these jobs (positions, from 1) a transition would have to wait for: somebody has locked the
-- job's row, that of its announced task or, with `p_owners`, that of its user. Waits for nobody.
CREATE OR REPLACE FUNCTION locked_jobs(p_jobs uuid[], p_owners boolean) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
  v_jobs uuid[] := ARRAY(SELECT j.id FROM jobs j WHERE j.id = ANY (p_jobs)
                          ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED);
  v_tokens text[] := ARRAY(SELECT t.token FROM job_tasks t
                            WHERE t.token = ANY (ARRAY(SELECT j.intent_token FROM jobs j
                                                        WHERE j.id = ANY (p_jobs)))
                            ORDER BY t.token FOR NO KEY UPDATE SKIP LOCKED);
  v_users bigint[];
BEGIN
  IF p_owners THEN
    v_users := ARRAY(SELECT u.tg_user_id FROM users u
                      WHERE u.tg_user_id = ANY (ARRAY(SELECT j.tg_user_id FROM jobs j
                                                       WHERE j.id = ANY (p_jobs)))
                      ORDER BY u.tg_user_id FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN QUERY
  SELECT b.position FROM unnest(p_jobs) WITH ORDINALITY AS b(id, position)
    JOIN jobs j ON j.id = ANY (ARRAY[b.id])
   WHERE j.id <> ALL (v_jobs)
      OR (j.intent_token <> ALL (v_tokens)
          AND EXISTS (SELECT FROM job_tasks t WHERE t.token = j.intent_token))
      OR (p_owners AND j.tg_user_id <> ALL (v_users));
END $$;
