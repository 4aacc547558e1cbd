-- How many jobs without a task may be claimed for the provider: any number (NULL) while it is up, none
-- while it is down, but for the one that a trial lets through, which is hereby used up. A node that
-- does not reach the provider itself may not make the trial.
CREATE OR REPLACE FUNCTION claims_while_down(p_provider text, p_may_try boolean) RETURNS int
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM providers p WHERE p.name = p_provider AND p.down_since IS NOT NULL;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  UPDATE providers p SET trial_at = NULL
   WHERE p.name = p_provider AND p_may_try AND p.down_since IS NOT NULL AND p.trial_at IS NOT NULL;
  RETURN CASE WHEN FOUND THEN 1 ELSE 0 END;
END $$;
