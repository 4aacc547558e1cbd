-- What `neurocards reconcile` decides on: whether nodes work here (each holds connections under its
-- name), until when the database knows what happened, the charges in Stars it knows, those of them
-- that were refunded, and how many jobs wait or run without a task: since then KIE may have been
-- paid for theirs.
CREATE OR REPLACE FUNCTION what_was_restored() RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object(
    'nodes_work', EXISTS (SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'neurocards %'
         AND application_name NOT IN ('neurocards operator', 'neurocards migrate')),
    'known_until', greatest((SELECT max(heartbeat_at) FROM nodes),
                            (SELECT max(received_at) FROM updates),
                            (SELECT max(created_at) FROM credit_ledger)),
    'charges', coalesce((SELECT jsonb_agg(charge_id) FROM payments WHERE currency = 'XTR'), '[]'),
    'refunded', coalesce((SELECT jsonb_agg(charge_id) FROM payments
                           WHERE currency = 'XTR' AND refunded_at IS NOT NULL), '[]'),
    'jobs_without_task', (SELECT count(*) FROM jobs_without_task()))
$$;
