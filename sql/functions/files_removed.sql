-- The storage has let go of these files.
CREATE OR REPLACE FUNCTION files_removed(p_keys text[]) RETURNS void LANGUAGE sql AS $$
  UPDATE old_files f SET removed_at = now()
   WHERE f.key = ANY (p_keys) AND f.taken_at IS NOT NULL AND f.removed_at IS NULL
$$;
