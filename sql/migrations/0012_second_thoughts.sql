-- When a message was put back to be sent again: from here on its age counts anew.
ALTER TABLE notifications ADD COLUMN renewed_at timestamptz;
-- Videos that never reached their users: few, looked for when a user returns and by operators.
CREATE INDEX notifications_dropped_videos ON notifications (chat_id, id)
  WHERE dropped_at IS NOT NULL AND kind IN ('job_done', 'gift_video');

-- A payment that fits no pack of ours brings no credits; an operator settles it.
ALTER TABLE payments DROP CONSTRAINT purchases_bring_credits;
ALTER TABLE payments ADD CONSTRAINT purchases_take_no_credits CHECK (credits >= 0);
ALTER TABLE payments ADD COLUMN settled_at timestamptz; -- of one without credits
CREATE INDEX payments_unsettled ON payments (tg_user_id) WHERE credits = 0 AND settled_at IS NULL;

-- Two gateways (webhooks): a step waits for the older updates of its chat (stale_steps). `update_id + 0`:
-- ordered by the bare number, the index of all that is unhandled would look as good to the planner.
CREATE INDEX updates_pending_of_chat ON updates (chat_id, (update_id + 0)) WHERE handled_at IS NULL;
DROP FUNCTION IF EXISTS stale_steps; -- its arguments change
