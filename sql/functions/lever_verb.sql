-- The verb of the command line that pauses (or resumes) a subject, as operator_actions keeps it.
CREATE OR REPLACE FUNCTION lever_verb(p_subject text, p_pauses boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_subject WHEN 'queue' THEN 'queue' ELSE p_subject || 's' END
         || CASE WHEN p_subject = 'node' THEN CASE WHEN p_pauses THEN ' drain' ELSE ' undrain' END
                 WHEN p_pauses THEN ' pause' ELSE ' resume' END
$$;
