-- Whether each of the keys (`p_subject` 'key') or models ('model') cools down or is paused. Without
-- any there is nothing to say: false.
CREATE OR REPLACE FUNCTION none_usable(p_subject text, p_names text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(cardinality(p_names), 0) > 0
     AND (SELECT count(*) FROM out_of_use(p_subject, p_names))
         = (SELECT count(DISTINCT x) FROM unnest(p_names) AS x)
$$;
