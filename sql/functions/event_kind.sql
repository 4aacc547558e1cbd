-- What `job_events.what` is called in the history of a job.
CREATE OR REPLACE FUNCTION event_kind(p_what text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_what
           WHEN 'rescued' THEN 'take_over'
           WHEN 'forgotten' THEN 'take_over'
           WHEN 'task.adopted' THEN 'task_adopted'
           WHEN 'task.gave_late_video' THEN 'late_result'
           WHEN 'task.settled' THEN 'no_late_result'
           WHEN 'video.sent_again' THEN 'sent_again'
           ELSE p_what END
$$;
