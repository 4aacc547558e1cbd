-- Whether a job of the provider got a task after `p_since`, or, with `p_stage` 'task', a video. A
-- time of the future (the clock was set back) counts as a minute ago.
CREATE OR REPLACE FUNCTION provider_succeeded(p_provider text, p_stage text,
                                              p_since timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_since timestamptz := CASE WHEN p_since > now() THEN now() - interval '1 minute' ELSE p_since END;
BEGIN
  IF p_stage = 'task' THEN
    RETURN EXISTS (SELECT FROM jobs j
                    WHERE j.finished_at IS NOT NULL AND j.finished_at > v_since
                      AND j.status = 'completed' AND j.provider = p_provider);
  END IF;
  RETURN EXISTS (SELECT FROM jobs j
                  WHERE j.status = 'processing' AND j.task_created_at > v_since
                    AND j.provider = p_provider)
      OR EXISTS (SELECT FROM jobs j
                  WHERE j.finished_at IS NOT NULL AND j.finished_at > v_since
                    AND j.task_created_at > v_since AND j.provider = p_provider);
END $$;
