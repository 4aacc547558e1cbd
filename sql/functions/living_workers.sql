-- How many nodes share the query budgets of the KIE keys: those alive with the role `worker`.
CREATE OR REPLACE FUNCTION living_workers(p_lease interval) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT count(*)::int FROM nodes n
   WHERE n.fenced_at IS NULL AND n.left_at IS NULL AND n.heartbeat_at > now() - p_lease
     AND 'worker' = ANY (string_to_array(n.roles, ','))
$$;
