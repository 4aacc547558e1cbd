-- Why an event of job_events happened, in words for operators; NULL: it needs none.
CREATE OR REPLACE FUNCTION event_reason(p_what text, p_details jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_what
           WHEN 'retry' THEN concat_ws(': ', p_details->>'class',
                                     shown_error(p_details->>'error', p_details))
             || CASE WHEN (p_details->>'uses_attempt')::boolean THEN '' ELSE '; costs no attempt' END
           WHEN 'rescued' THEN concat_ws(' ', 'its node was silent for longer than its lease; seen by',
             coalesce(p_details->>'by', 'a janitor'))
           WHEN 'forgotten' THEN concat_ws(' ', 'its node did not know of it; seen by',
             coalesce(p_details->>'by', 'a janitor'))
           WHEN 'released' THEN 'its worker gave it back'
           WHEN 'fault' THEN 'the program failed on it'
           WHEN 'attempt_returned' THEN 'it failed of an outage'
           WHEN 'delivered' THEN CASE WHEN p_details ? 'late' THEN 'late result' END
           WHEN 'operator.retry' THEN 'by hand'
           WHEN 'taken_away' THEN 'by hand'
           WHEN 'operator.resend' THEN 'by hand'
           WHEN 'sent_again' THEN 'its user asked for it'
           WHEN 'operator.fail' THEN p_details->>'error'
           WHEN 'video.sent_again' THEN 'the user is back'
           WHEN 'task.adopted' THEN p_details->>'task'
           WHEN 'task.gave_late_video' THEN coalesce(p_details->>'task', p_details->>'video')
           WHEN 'task.settled' THEN p_details->>'task'
           WHEN 'not_delivered' THEN p_details->>'error'
           ELSE nullif(p_details - 'raw', '{}')::text END
$$;
