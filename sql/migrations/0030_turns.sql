-- Jobs without a task are claimed in rounds: one job of each user who waits in every round. `turn`
-- is the round in which a job's turn comes. It says who goes first, never whether: who waits alone
-- is claimed at once, whatever his turn. Jobs from before this migration go first.
ALTER TABLE jobs ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_turn bigint NOT NULL DEFAULT 0; -- of the job he ordered last

-- The latest round of which a job was claimed. A sequence, because claimers must not wait for each
-- other, and because a round that was begun by a claim that failed harms nobody.
CREATE SEQUENCE claimed_turn MINVALUE 0;

-- concurrently
-- Within a round they go as they came due; what is not due yet is passed by without its row.
CREATE INDEX CONCURRENTLY jobs_in_turn ON jobs (turn, run_at, id)
  WHERE status = 'queued' AND NOT resumes;
