-- How many jobs may be created at a provider: any number (NULL) while it is up, one while it is
-- down and has a trial left, which is hereby used up, or else none. Waits for nobody: the caller
-- has jobs locked, and who locks a provider as well does so before.
CREATE OR REPLACE FUNCTION use_trial(p_provider text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM providers p WHERE p.name = p_provider AND p.down_since IS NOT NULL;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM providers p WHERE p.name = p_provider AND p.trial_at IS NOT NULL
    FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  UPDATE providers p SET trial_at = NULL WHERE p.name = p_provider;
  RETURN 1;
END $$;
