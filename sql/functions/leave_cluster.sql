-- A node says good-bye: it holds nothing any more and will not come back.
CREATE OR REPLACE FUNCTION leave_cluster(p_node uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM release_jobs(p_node);
  UPDATE nodes n SET left_at = now(), fenced_at = coalesce(n.fenced_at, now())
    WHERE n.incarnation = p_node;
END $$;
