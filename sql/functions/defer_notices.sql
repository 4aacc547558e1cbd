-- These messages could not be sent; they and what comes after them in their chats wait. Those that step
-- aside (for good) wait alone.
-- (num_nulls() keeps the planner to the primary key.)
CREATE OR REPLACE FUNCTION defer_notices(p_ids bigint[], p_delays_ms bigint[], p_errors text[],
  p_aside boolean[] DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notifications n
     SET tries = n.tries + 1, run_at = now() + b.delay_ms * interval '1 ms', error = b.error,
         aside = n.aside OR coalesce(b.aside, false)
    FROM (SELECT * FROM unnest(p_ids, p_delays_ms, p_errors, p_aside)
            AS x(id, delay_ms, error, aside) ORDER BY id) b
   WHERE n.id = ANY (ARRAY[b.id]) AND num_nulls(n.sent_at) = 1;
END $$;
