-- Nothing calls it: events are written by the functions in which they happen.
DROP FUNCTION IF EXISTS add_job_events(uuid[], text[], jsonb[]);
