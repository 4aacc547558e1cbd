-- Which of these notifications (positions, from 1) would have to wait: somebody has locked the row
-- or, where the parallel arrays say so, that of its job or user. Waits for nobody.
CREATE OR REPLACE FUNCTION locked_notices(p_ids bigint[], p_jobs boolean[], p_users boolean[])
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
  v_ids bigint[] := ARRAY(SELECT n.id FROM notifications n WHERE n.id = ANY (p_ids)
                           ORDER BY n.id FOR NO KEY UPDATE SKIP LOCKED);
  v_jobs uuid[] := ARRAY(SELECT j.id FROM jobs j
                          WHERE j.id = ANY (ARRAY(SELECT n.job_id FROM notifications n
                                                   WHERE n.id = ANY (p_ids)))
                          ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED);
  v_users bigint[] := ARRAY(SELECT u.tg_user_id FROM users u
                             WHERE u.tg_user_id = ANY (ARRAY(SELECT n.chat_id FROM notifications n
                                                              WHERE n.id = ANY (p_ids)))
                             ORDER BY u.tg_user_id FOR NO KEY UPDATE SKIP LOCKED);
BEGIN
  RETURN QUERY
  SELECT b.position
    FROM unnest(p_ids, p_jobs, p_users) WITH ORDINALITY AS b(id, with_job, with_user, position)
    JOIN notifications n ON n.id = ANY (ARRAY[b.id])
   WHERE n.id <> ALL (v_ids)
      OR (b.with_job AND n.job_id <> ALL (v_jobs)
          AND EXISTS (SELECT FROM jobs j WHERE j.id = n.job_id))
      OR (b.with_user AND n.chat_id <> ALL (v_users)
          AND EXISTS (SELECT FROM users u WHERE u.tg_user_id = n.chat_id));
END $$;
