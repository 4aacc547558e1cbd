-- The jobs that have not ended and that a filter means, oldest first, at most `p_limit`: all terms
-- that `p_filter` has must hold. Terms: status, class and signal (of the last failure), model, node
-- (that has it), user.
CREATE OR REPLACE FUNCTION jobs_matching(p_filter jsonb, p_limit int DEFAULT 1001)
RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT j.id FROM jobs j LEFT JOIN nodes n ON n.incarnation = j.claimed_by
   WHERE j.status IN ('queued', 'processing')
     AND coalesce(j.status = p_filter->>'status', NOT p_filter ? 'status')
     AND coalesce(failure_class(j) = p_filter->>'class', NOT p_filter ? 'class')
     AND coalesce(failure_signal(j) = p_filter->>'signal', NOT p_filter ? 'signal')
     AND coalesce(j.model = p_filter->>'model', NOT p_filter ? 'model')
     AND coalesce(n.name = p_filter->>'node', NOT p_filter ? 'node')
     AND coalesce(j.tg_user_id::text = p_filter->>'user', NOT p_filter ? 'user')
   ORDER BY j.id LIMIT p_limit
$$;
