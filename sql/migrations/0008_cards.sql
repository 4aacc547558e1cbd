-- What a progress card shows now, so that only a change costs a message.
ALTER TABLE cards
  ADD COLUMN shown    jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN finished boolean NOT NULL DEFAULT false;
CREATE INDEX cards_to_paint ON cards (updated_at) WHERE NOT finished;
