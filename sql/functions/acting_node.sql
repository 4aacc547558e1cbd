-- The name of the node on whose connection this runs; NULL: the connection is none of a node's.
-- (`connection_of` in node/services.cpp gives connections their names.)
CREATE OR REPLACE FUNCTION acting_node() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT substring(current_setting('application_name') FROM '^neurocards ([^/]+)')
$$;
