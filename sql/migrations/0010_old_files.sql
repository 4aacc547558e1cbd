-- Files of the storage on their way out: with the time from which `storage.keep` counts, and what has
-- become of them. `taken_at`: from here on nobody may begin to use the file; `removed_at`: the storage
-- has confirmed that it is gone. Rows of removed files stay, so that nobody asks for one again.
CREATE TABLE old_files (
  key        text PRIMARY KEY,
  tg_user_id bigint NOT NULL, -- whose job or draft
  since      timestamptz NOT NULL DEFAULT now(),
  taken_at   timestamptz,
  removed_at timestamptz,
  CONSTRAINT only_taken_files_are_removed CHECK (removed_at IS NULL OR taken_at IS NOT NULL)
);
CREATE INDEX old_files_left ON old_files (since) WHERE removed_at IS NULL;

-- The last finished job whose files were noted (note_old_files): later ones are noted when their time comes.
INSERT INTO settings (key, value)
VALUES ('old_files.noted', '{"finished_at": "-infinity", "id": "00000000-0000-0000-0000-000000000000"}');
