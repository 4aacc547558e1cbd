-- Keeps what an operator does, with who and why, in the transaction that does it. Returns the row's
-- id; an empty operator or reason violates an_action_names_its_operator_and_reason.
CREATE OR REPLACE FUNCTION record_operator_action(
  p_operator text, p_verb text, p_target text, p_reason text, p_details jsonb DEFAULT '{}')
RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO operator_actions (operator, verb, target, reason, details)
  VALUES (p_operator, p_verb, p_target, p_reason, p_details) RETURNING id
$$;
