-- An error as it is told without being asked for texts: programs before error_details.signal was
-- written put a provider's words (`raw`), which may repeat what a user wrote, into it.
CREATE OR REPLACE FUNCTION shown_error(p_error text, p_details jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_details ? 'signal' OR coalesce(p_details->>'raw', '') = '' THEN p_error
              ELSE replace(p_error, p_details->>'raw', '…') END
$$;
