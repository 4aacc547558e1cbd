-- A provider that is up takes no job all the same while none of its keys or none of its models may
-- be used: what its watchers last saw, and since when, until a task is created there.
ALTER TABLE providers ADD COLUMN shut boolean NOT NULL DEFAULT false;
ALTER TABLE providers ADD COLUMN shut_since timestamptz;

-- Since when none of the providers that could take this job does, although another is up: its photo
-- is one for few models. NULL: one does, or nobody has tried.
ALTER TABLE jobs ADD COLUMN stranded_since timestamptz;

-- Their arguments change.
DROP FUNCTION IF EXISTS watch_provider(text, uuid, text[], interval);
DROP FUNCTION IF EXISTS tend_delayed_jobs(timestamptz, timestamptz, interval, text);
