-- Something needs a person; tell_operators writes to him. A cause and subject that were raised
-- within ten seconds are left alone: jobs that fail alike must not wait for each other.
CREATE OR REPLACE FUNCTION raise_alerts(p_causes text[], p_subjects text[], p_details jsonb[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alerts AS a (cause, subject, details)
  SELECT DISTINCT ON (x.cause, x.subject) x.cause, x.subject, x.details
    FROM unnest(p_causes, p_subjects, p_details) AS x(cause, subject, details)
   WHERE NOT EXISTS (SELECT FROM alerts k
                      WHERE k.cause = x.cause AND k.subject = x.subject
                        AND k.raised_at BETWEEN now() - interval '10 seconds' AND now()
                        AND k.raised_at > coalesce(k.told_at, '-infinity'))
   ORDER BY x.cause, x.subject
  ON CONFLICT (cause, subject) DO UPDATE
    SET details = EXCLUDED.details, raised_at = EXCLUDED.raised_at;
END $$;
