-- The stage a job is in after an event of its history; `p_stage`: the one it was in. NULL: none any more.
CREATE OR REPLACE FUNCTION next_stage(p_kind text, p_reason text, p_stage text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
           WHEN p_kind IN ('ordered', 'retry', 'take_over', 'released', 'fault', 'taken_away')
             THEN 'wait'
           WHEN p_kind = 'claimed' AND p_reason IS NOT NULL AND p_reason LIKE 'goes on%' THEN 'render'
           WHEN p_kind = 'claimed' THEN 'prompt'
           WHEN p_kind = 'script' THEN 'photo'
           WHEN p_kind = 'photo' THEN 'create'
           WHEN p_kind = 'intent' AND p_stage <> 'wait' THEN 'create'
           WHEN p_kind IN ('task', 'task_adopted') AND p_stage <> 'wait' THEN 'render'
           WHEN p_kind = 'result' THEN 'download'
           WHEN p_kind = 'completed' THEN 'deliver'
           WHEN p_kind IN ('failed', 'delivered', 'not_delivered') THEN NULL
           ELSE p_stage END
$$;
