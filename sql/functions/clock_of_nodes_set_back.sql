-- follow_clock() for nodes: leases expire in time, and what a node does not know is found in time.
-- A heartbeat of this very moment is right, though it is a little later than `p_now`.
CREATE OR REPLACE FUNCTION clock_of_nodes_set_back(p_now timestamptz, p_back interval)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE nodes n SET heartbeat_at = moved_back(n.heartbeat_at, p_now, p_back),
                     knew_all_at = moved_back(n.knew_all_at, p_now, p_back)
   WHERE n.fenced_at IS NULL
     AND greatest(n.heartbeat_at, n.knew_all_at) > p_now + interval '2 s';
END $$;
