-- recorded as f393c53f185f4422831adb38d4da42fd106bc0f9ae5d2cf3ac8807247ad707ad

-- Indexes below take the place of these two.
DROP INDEX updates_by_age;
DROP INDEX job_events_by_age;

-- How far the walk through all sessions in search of old drafts has come (forget_old_drafts).
INSERT INTO settings (key, value) VALUES ('drafts.read', '{"chat_id": null}');

-- When the database's clock was read last (follow_clock).
INSERT INTO settings (key, value) VALUES ('clock', '{}');

-- When a file is looked at next. What is still needed, or cannot be removed, gives way to what comes
-- after it. `since` = -infinity: only jobs and drafts need the file.
ALTER TABLE old_files
  ADD COLUMN due_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN tries  int NOT NULL DEFAULT 0; -- how often it was given out to be removed
DROP INDEX old_files_left;

-- Their arguments or results change.
DROP FUNCTION IF EXISTS sweep(int);
DROP FUNCTION IF EXISTS forget_old_drafts(interval, int);
DROP FUNCTION IF EXISTS note_old_files(interval, int);
DROP FUNCTION IF EXISTS take_old_files(interval, int);

-- concurrently
-- What has become old is found by indexes of its own, which every plan may use: the lanes of a node
-- switch bitmap scans off, and a BRIN index is nothing without them. A row enters its index when it is
-- settled, in the order of time, and is not touched again before it is deleted.
CREATE INDEX CONCURRENTLY updates_handled ON updates (handled_at) WHERE handled_at IS NOT NULL;
CREATE INDEX CONCURRENTLY notifications_settled ON notifications (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX CONCURRENTLY job_events_by_time ON job_events (created_at);
CREATE INDEX CONCURRENTLY cards_finished ON cards (updated_at) WHERE finished;
CREATE INDEX CONCURRENTLY old_files_due ON old_files (due_at) WHERE removed_at IS NULL;
