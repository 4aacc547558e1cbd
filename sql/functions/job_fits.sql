-- Whether a job fits every term that `p_filter` has: status, class (of the last failure; that of a
-- failed job without one is UNKNOWN, as in errors_page), model, node (job_node), user, and the ends
-- of a range of ids.
CREATE OR REPLACE FUNCTION job_fits(p_job jobs, p_filter jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce((p_job).status = p_filter->>'status', NOT p_filter ? 'status')
     AND coalesce(coalesce((p_job).error_details->>'class',
                           CASE WHEN (p_job).status = 'failed' THEN 'UNKNOWN' END)
                    = p_filter->>'class', NOT p_filter ? 'class')
     AND coalesce((p_job).model = p_filter->>'model', NOT p_filter ? 'model')
     AND coalesce((p_job).tg_user_id::text = p_filter->>'user', NOT p_filter ? 'user')
     AND coalesce((p_job).id >= (p_filter->>'id_from')::uuid, true)
     AND coalesce((p_job).id <= (p_filter->>'id_to')::uuid, true)
     AND CASE WHEN p_filter ? 'node' THEN coalesce(job_node(p_job) = p_filter->>'node', false)
              ELSE true END
$$;
