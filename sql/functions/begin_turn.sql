-- Jobs of round `p_turn` are claimed: whoever orders now gets a turn in the next one, so that a
-- round ends, however many come. NULL, and a round that began before: nothing.
CREATE OR REPLACE FUNCTION begin_turn(p_turn bigint) RETURNS void LANGUAGE sql AS $$
  SELECT setval('claimed_turn', p_turn) FROM claimed_turn c WHERE p_turn > c.last_value
$$;
