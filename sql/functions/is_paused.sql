-- Whether an operator has paused the queue (`p_name` is ''), a key, a model or a node.
CREATE OR REPLACE FUNCTION is_paused(p_subject text, p_name text DEFAULT '') RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM pauses p
                  WHERE p.subject = p_subject AND p.name = p_name AND p.ends_at > now())
$$;
