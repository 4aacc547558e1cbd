-- A job for operators: its row without secrets, how often KIE was asked for it (`polls`), `tries` (one
-- for each claim), `stages`, `events` and `notices`. Times are Unix seconds. NULL: there is no such job.
-- `p_texts`: with what the user wrote, the script made of it, and what a provider said of it in the
-- end, who may repeat it.
CREATE OR REPLACE FUNCTION job_history(p_job uuid, p_texts boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_job jobs;
  v_result jsonb;
  v_event record;
  v_events jsonb[] := '{}';
  v_tries jsonb[] := '{}';
  v_try jsonb;   -- the claim that has not ended yet
  v_stages jsonb[] := '{}';
  v_stage text;  -- the one that has not ended yet,
  v_since numeric;
  v_node text;   -- and the node it is on
  v_attempt int;
  v_next text;
  v_has_script boolean := false;
BEGIN
  SELECT * INTO v_job FROM jobs j WHERE j.id = p_job;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  FOR v_event IN
    SELECT t.*, unix_seconds(t.at) AS seconds FROM job_timeline(p_job) t
  LOOP
    v_events := v_events || jsonb_build_object('at', v_event.seconds, 'kind', v_event.kind,
      'node', v_event.node, 'attempt', v_event.attempt, 'reason', v_event.reason);
    IF v_try IS NOT NULL AND v_event.kind IN ('retry', 'take_over', 'released', 'fault', 'taken_away',
                                              'completed', 'failed', 'claimed') THEN
      v_tries := v_tries || (v_try || jsonb_build_object('ended_at', v_event.seconds, 'outcome',
        CASE v_event.kind WHEN 'claimed' THEN 'lost' ELSE v_event.kind END));
      v_try := NULL;
    END IF;
    IF v_event.kind = 'claimed' THEN
      v_try := jsonb_build_object('attempt', v_event.attempt, 'node', v_event.node, 'started_at',
        v_event.seconds, 'ended_at', NULL, 'outcome', NULL);
    END IF;
    v_has_script := v_has_script OR v_event.kind = 'script';
    v_next := next_stage(v_event.kind, v_event.reason, v_stage);
    IF v_next = 'prompt' AND v_has_script THEN
      v_next := 'photo';
    END IF;
    IF v_next IS DISTINCT FROM v_stage OR v_event.kind = 'claimed' THEN
      IF v_stage IS NOT NULL THEN
        v_stages := v_stages || jsonb_build_object('stage', v_stage, 'start', v_since, 'end',
          v_event.seconds, 'node', CASE v_stage WHEN 'deliver' THEN v_event.node ELSE v_node END,
          'attempt', v_attempt);
      END IF;
      v_stage := v_next;
      v_since := v_event.seconds;
      v_node := CASE WHEN v_next <> 'wait' THEN v_event.node END;
      v_attempt := v_event.attempt;
    END IF;
  END LOOP;
  IF v_try IS NOT NULL THEN
    v_tries := v_tries || v_try;
  END IF;
  IF v_stage IS NOT NULL THEN
    v_stages := v_stages || jsonb_build_object('stage', v_stage, 'start', v_since, 'end', NULL, 'node',
      v_node, 'attempt', v_attempt);
  END IF;
  v_result := job_row(v_job) || jsonb_build_object(
    'tries', to_jsonb(v_tries), 'stages', to_jsonb(v_stages), 'events', to_jsonb(v_events),
    'notices', coalesce((
      SELECT jsonb_agg(jsonb_build_object('id', n.id, 'kind', n.kind, 'created_at',
               unix_seconds(n.created_at), 'sent_at', CASE WHEN n.dropped_at IS NULL
                 THEN unix_seconds(n.sent_at) END, 'dropped_at', unix_seconds(n.dropped_at), 'tries',
               n.tries, 'error', n.error) ORDER BY n.id)
        FROM notifications n WHERE n.job_id = p_job), '[]'));
  IF p_texts THEN
    v_result := v_result || jsonb_build_object('texts', jsonb_strip_nulls(jsonb_build_object(
      'product_name', v_job.product_name, 'product_text', v_job.product_text, 'extra_wishes',
      v_job.extra_wishes, 'user_prompt', v_job.error_details->>'user_prompt', 'prompt',
      v_job.prompt, 'provider_words', nullif(v_job.error_details->>'raw', ''))));
  END IF;
  RETURN v_result;
END $$;
