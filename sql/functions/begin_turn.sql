-- Jobs of round `p_turn` are claimed: whoever orders now gets a turn in the next one, so that a
-- round ends, however many come. NULL, and a round that began before: nothing.
CREATE OR REPLACE FUNCTION begin_turn(p_turn bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_turn > (SELECT c.last_value FROM claimed_turn c) THEN
    PERFORM setval('claimed_turn', p_turn);
  END IF;
END $$;
