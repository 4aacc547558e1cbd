-- Jobs failed TEMPORARY on one node. Whose fault is it? `p_reached`: whether the provider answered
-- the node's probe just now; NULL: unknown. Answers
-- provider: it is down for the whole cluster, from now on if it was not before;
-- node: this node does not reach it; whether others do is being found out;
-- job: neither is known.
-- The provider is down when no watcher reaches it; or when, although it answers, five jobs of three
-- users failed at the same stage within a minute and none succeeded; or when a creation fails within
-- ten minutes of an outage before any has succeeded.
CREATE OR REPLACE FUNCTION report_failures(
  p_provider text, p_watcher uuid, p_reached boolean, p_stages text[], p_jobs uuid[],
  p_users bigint[], p_reason text, p_lease interval)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_row providers := lock_provider(p_provider);
  v_stage text;
BEGIN
  IF v_row.down_since IS NOT NULL THEN
    RETURN 'provider';
  END IF;
  IF p_reached IS NOT NULL AND note_probe(p_provider, p_watcher, p_reached, p_lease) THEN
    PERFORM begin_outage(p_provider, 'probe', p_reason);
    RETURN 'provider';
  END IF;
  IF NOT p_reached THEN
    RETURN 'node';
  END IF;
  DELETE FROM provider_failures f WHERE f.provider = p_provider
    AND f.failed_at NOT BETWEEN now() - interval '1 minute' AND now();
  INSERT INTO provider_failures (provider, stage, job_id, tg_user_id)
  SELECT DISTINCT p_provider, x.stage, x.job, x.tg_user
    FROM unnest(p_stages, p_jobs, p_users) AS x(stage, job, tg_user)
  ON CONFLICT (provider, stage, job_id) DO UPDATE SET failed_at = now();
  IF 'creation' = ANY (p_stages) AND v_row.ended_at > now() - interval '10 minutes'
     AND NOT provider_succeeded(p_provider, 'creation', v_row.ended_at) THEN
    PERFORM begin_outage(p_provider, 'creation', p_reason);
    RETURN 'provider';
  END IF;
  FOR v_stage IN
    SELECT f.stage FROM provider_failures f
     WHERE f.provider = p_provider AND f.stage = ANY (p_stages)
     GROUP BY f.stage
    HAVING count(DISTINCT f.job_id) >= 5 AND count(DISTINCT f.tg_user_id) >= 3
     ORDER BY f.stage
  LOOP
    IF NOT provider_succeeded(p_provider, v_stage, now() - interval '1 minute') THEN
      PERFORM begin_outage(p_provider, v_stage, p_reason);
      RETURN 'provider';
    END IF;
  END LOOP;
  RETURN 'job';
END $$;
