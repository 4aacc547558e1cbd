-- How many of a user's jobs have not ended: of his latest, ten times as many as he may have, since
-- all he ever ordered would be too many to read for each order.
CREATE OR REPLACE FUNCTION unfinished_jobs(p_user bigint, p_most int) RETURNS int
LANGUAGE sql STABLE AS $$
  SELECT count(*)::int
    FROM (SELECT j.status FROM jobs j WHERE j.tg_user_id = p_user
           ORDER BY j.created_at DESC LIMIT 10 * p_most::bigint) latest
   WHERE latest.status IN ('queued', 'processing')
$$;
