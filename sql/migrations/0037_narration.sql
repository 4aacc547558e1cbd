-- What stands below a video in which nobody speaks, in the user's language.
ALTER TABLE jobs ADD COLUMN narration text;

-- Its arguments change.
DROP FUNCTION IF EXISTS record_prompts(uuid[], uuid[], text[], text[], int[]);
