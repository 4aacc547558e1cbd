-- Two gateways (webhooks) may work on one chat at the same time: a step that was decided on a session
-- which has changed since is not applied but decided anew. 0: there is no session yet.
ALTER TABLE sessions ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- Their arguments or results change.
DROP FUNCTION IF EXISTS apply_steps;
DROP FUNCTION IF EXISTS load_conversations;
