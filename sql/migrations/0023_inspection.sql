-- What operators' pages read newest first, however many jobs there are: those that have not ended,
-- and those that failed. Both conditions are on `status`, whose changes already write new index
-- entries.

-- concurrently
CREATE INDEX CONCURRENTLY jobs_open ON jobs (id) WHERE status IN ('queued', 'processing');
CREATE INDEX CONCURRENTLY jobs_failed ON jobs (id) WHERE status = 'failed';
