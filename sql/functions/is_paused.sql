-- Whether an operator has paused the queue (`p_name` is ''), a key, a model or a node. In plpgsql,
-- whose plans a connection keeps: a function of SQL that looks into a table is planned anew in
-- every statement.
CREATE OR REPLACE FUNCTION is_paused(p_subject text, p_name text DEFAULT '') RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM pauses p
                  WHERE p.subject = p_subject AND p.name = p_name AND p.ends_at > now());
END $$;
