-- These messages could not be sent; they and what comes after them in their chats wait.
-- (num_nulls() keeps the planner to the primary key.)
CREATE OR REPLACE FUNCTION defer_notices(p_ids bigint[], p_delays_ms bigint[], p_errors text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notifications n
     SET tries = n.tries + 1, run_at = now() + b.delay_ms * interval '1 ms', error = b.error
    FROM (SELECT * FROM unnest(p_ids, p_delays_ms, p_errors) AS x(id, delay_ms, error)
      ORDER BY id) b
   WHERE n.id = ANY (ARRAY[b.id]) AND num_nulls(n.sent_at) = 1;
END $$;
