-- Deletes what nobody needs any more, at most `p_limit` rows of a kind, and says how many rows went:
-- call again soon when it was much. Jobs, money and users stay for ever.
CREATE OR REPLACE FUNCTION sweep(p_limit int DEFAULT 5000) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_count int;
  v_total int := 0;
BEGIN
  DELETE FROM updates WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM updates
     WHERE received_at < now() - interval '3 days' AND handled_at IS NOT NULL LIMIT p_limit));
  GET DIAGNOSTICS v_count = ROW_COUNT;
  v_total := v_total + v_count;
  DELETE FROM notifications WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM notifications
     WHERE created_at < now() - interval '90 days'
       AND sent_at < now() - interval '30 days' LIMIT p_limit));
  GET DIAGNOSTICS v_count = ROW_COUNT;
  v_total := v_total + v_count;
  DELETE FROM job_events WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM job_events WHERE created_at < now() - interval '180 days' LIMIT p_limit));
  GET DIAGNOSTICS v_count = ROW_COUNT;
  v_total := v_total + v_count;
  DELETE FROM nodes n WHERE n.fenced_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM jobs j
      WHERE j.claimed_by = n.incarnation AND j.status = 'processing');
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_total + v_count;
END $$;
