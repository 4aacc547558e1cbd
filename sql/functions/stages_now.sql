-- How many orders are in each stage that the database sees, and since when the one that has been
-- there longest; stages without an order are missing. `render` lasts until the video is kept.
CREATE OR REPLACE FUNCTION stages_now() RETURNS TABLE(stage text, jobs bigint, since timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT 'wait', count(*), min(j.run_at)
    FROM jobs j WHERE j.status = 'queued' AND j.run_at <= now() HAVING count(*) > 0
  UNION ALL
  SELECT CASE WHEN j.kie_task_id IS NOT NULL THEN 'render'
              WHEN j.intent_at >= j.claimed_at THEN 'create'
              WHEN j.prompt IS NOT NULL THEN 'photo' ELSE 'prompt' END AS stage, count(*),
         min(CASE WHEN j.kie_task_id IS NOT NULL THEN coalesce(j.task_created_at, j.claimed_at)
                  WHEN j.intent_at >= j.claimed_at THEN j.intent_at
                  WHEN j.prompt IS NOT NULL THEN greatest(j.claimed_at, j.prompt_at)
                  ELSE j.claimed_at END)
    FROM jobs j WHERE j.status = 'processing' GROUP BY 1
  UNION ALL
  SELECT 'deliver', count(*), min(coalesce(n.renewed_at, n.created_at))
    FROM notifications n WHERE n.sent_at IS NULL AND n.kind = 'job_done' HAVING count(*) > 0
$$;
