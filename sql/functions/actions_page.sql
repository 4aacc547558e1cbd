-- What operators did, newest first, before the row `p_before` (NULL: from the last). `p_target`
-- NULL: whatever it was done to.
CREATE OR REPLACE FUNCTION actions_page(p_before bigint, p_target text, p_limit int) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_before bigint := coalesce(p_before, 9223372036854775807);
  v_rows operator_actions[];
BEGIN
  IF p_target IS NULL THEN
    v_rows := ARRAY(SELECT a FROM operator_actions a WHERE a.id < v_before
                     ORDER BY a.id DESC LIMIT p_limit + 1);
  ELSE
    v_rows := ARRAY(SELECT a FROM operator_actions a WHERE a.target = p_target AND a.id < v_before
                     ORDER BY a.id DESC LIMIT p_limit + 1);
  END IF;
  RETURN jsonb_build_object(
    'actions', coalesce((
      SELECT jsonb_agg(jsonb_build_object('id', x.id, 'at', unix_seconds(x.at), 'operator',
               x.operator, 'verb', x.verb, 'target', x.target, 'reason', x.reason, 'details',
               x.details) ORDER BY x.id DESC)
        FROM unnest(v_rows[1:p_limit]) x), '[]'),
    'next', CASE WHEN cardinality(v_rows) > p_limit THEN v_rows[p_limit].id END);
END $$;
