-- Whether a job fits every term that `p_filter` has: status, class and signal (of the last failure,
-- as errors_page groups them), model, node (job_node), user, and the ends of a range of ids.
CREATE OR REPLACE FUNCTION job_fits(p_job jobs, p_filter jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce((p_job).status = p_filter->>'status', NOT p_filter ? 'status')
     AND coalesce(failure_class(p_job) = p_filter->>'class', NOT p_filter ? 'class')
     AND coalesce(failure_signal(p_job) = p_filter->>'signal', NOT p_filter ? 'signal')
     AND coalesce((p_job).model = p_filter->>'model', NOT p_filter ? 'model')
     AND coalesce((p_job).tg_user_id::text = p_filter->>'user', NOT p_filter ? 'user')
     AND coalesce((p_job).id >= (p_filter->>'id_from')::uuid, true)
     AND coalesce((p_job).id <= (p_filter->>'id_to')::uuid, true)
     AND CASE WHEN p_filter ? 'node' THEN coalesce(job_node(p_job) = p_filter->>'node', false)
              ELSE true END
$$;
