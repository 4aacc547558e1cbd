-- The last `p_limits` jobs of each user after the latest `p_skipped`, newest first, and the job of
-- `p_jobs` if it is his and has ended (`again`: the one to order again from). A photo that was
-- removed is none. `waits`: it can be cancelled (cancel_waiting_job); `has_video`: it can be sent
-- again.
CREATE OR REPLACE FUNCTION job_summaries(p_users bigint[], p_limits int[], p_jobs uuid[],
                                         p_skipped int[] DEFAULT NULL)
RETURNS TABLE(pos bigint, again boolean, id uuid, status text, template_type text,
  product_name text,
              product_text text, user_prompt text, extra_wishes text, photo text,
              created_at timestamptz, waits boolean, has_video boolean) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT q.position, q.job = j.id
    AND j.status IN ('completed', 'failed'), j.id, j.status, j.template_type, j.product_name,
      j.product_text,
         j.error_details->>'user_prompt', j.extra_wishes,
         CASE WHEN NOT EXISTS (SELECT FROM old_files f
                                WHERE f.key = j.product_image_url AND f.taken_at IS NOT NULL)
              THEN j.product_image_url END, j.created_at,
         j.status = 'queued' AND j.kie_task_id IS NULL AND j.intent_token IS NULL,
         j.status = 'completed'
           AND (coalesce(j.video_file_id, '') <> ''
                OR NOT EXISTS (SELECT FROM old_files f
                                WHERE f.key = j.video_url AND f.taken_at IS NOT NULL))
    FROM unnest(p_users, p_limits, p_jobs, p_skipped)
           WITH ORDINALITY AS q(tg_user_id, wanted, job, skipped, position)
    CROSS JOIN LATERAL (
      (SELECT x.* FROM jobs x WHERE x.tg_user_id = q.tg_user_id
        ORDER BY x.created_at DESC, x.id DESC
        LIMIT q.wanted OFFSET coalesce(q.skipped, 0))
      UNION
      (SELECT x.* FROM jobs x WHERE x.id = q.job AND x.tg_user_id = q.tg_user_id
                                AND x.status IN ('completed', 'failed'))) j
   ORDER BY q.position, j.created_at DESC, j.id DESC;
END $$;
