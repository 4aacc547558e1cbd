-- Where in its chat an order was confirmed: word of its videos goes there. NULL: the chat itself.
ALTER TABLE jobs
  ADD COLUMN place       jsonb,
  ADD COLUMN video_facts jsonb; -- width, height and seconds of the video, once it was sent

-- What could not be sent and holds up its chat no longer (defer_notices).
ALTER TABLE notifications ADD COLUMN aside boolean NOT NULL DEFAULT false;

-- Their arguments or results change.
DROP FUNCTION IF EXISTS due_notices(int, bigint[]);
DROP FUNCTION IF EXISTS mark_sent(bigint[], bigint[], text[]);
DROP FUNCTION IF EXISTS defer_notices(bigint[], bigint[], text[]);
