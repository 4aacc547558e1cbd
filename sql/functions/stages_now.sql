-- How many orders are in each stage, and since when the one that has been there longest; stages
-- without an order are missing. What downloads and is committed is known to its node only, which
-- tells it with its heartbeat: until then it counts as `render`.
CREATE OR REPLACE FUNCTION stages_now() RETURNS TABLE(stage text, jobs bigint, since timestamptz)
LANGUAGE sql STABLE AS $$
  WITH told AS MATERIALIZED (
    SELECT s.stage, sum(s.jobs)::bigint AS jobs,
           min(n.heartbeat_at - s.oldest_seconds * interval '1 second') AS since
      FROM nodes n
     CROSS JOIN LATERAL jsonb_to_recordset(n.stats->'stages')
                          AS s(stage text, jobs bigint, oldest_seconds double precision)
     WHERE n.left_at IS NULL AND n.fenced_at IS NULL
       AND n.heartbeat_at > now() - interval '1 minute'
     GROUP BY s.stage
  ), seen AS (
    SELECT CASE WHEN j.kie_task_id IS NOT NULL THEN 'render'
                WHEN j.intent_at >= j.claimed_at THEN 'create'
                WHEN j.prompt IS NOT NULL THEN 'photo' ELSE 'prompt' END AS stage,
           count(*) AS jobs,
           min(CASE WHEN j.kie_task_id IS NOT NULL THEN coalesce(j.task_created_at, j.claimed_at)
                    WHEN j.intent_at >= j.claimed_at THEN j.intent_at
                    WHEN j.prompt IS NOT NULL THEN greatest(j.claimed_at, j.prompt_at)
                    ELSE j.claimed_at END) AS since
      FROM jobs j WHERE j.status = 'processing' GROUP BY 1
  ), apart AS (
    SELECT s.stage, s.jobs - CASE WHEN s.stage = 'render'
             THEN (SELECT coalesce(sum(t.jobs), 0)::bigint FROM told t) ELSE 0 END AS jobs, s.since
      FROM seen s
  )
  SELECT 'wait', count(*), min(j.run_at)
    FROM jobs j WHERE j.status = 'queued' AND j.run_at <= now() HAVING count(*) > 0
  UNION ALL
  SELECT a.* FROM apart a WHERE a.jobs > 0
  UNION ALL
  SELECT t.* FROM told t
  UNION ALL
  SELECT 'deliver', count(*), min(coalesce(n.renewed_at, n.created_at))
    FROM notifications n WHERE n.sent_at IS NULL AND n.kind = 'job_done' HAVING count(*) > 0
$$;
