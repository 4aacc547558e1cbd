-- A draft's photo is needed as long as its session holds it. One that leaves is noted in old_files,
-- and is checked half a day later; one that comes back from an old job is struck off, or not let
-- in: it is being removed already.
CREATE OR REPLACE FUNCTION watch_photos_of_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_left text := CASE TG_OP WHEN 'UPDATE' THEN OLD.data #>> '{order,photo}' END;
  v_came text := NEW.data #>> '{order,photo}';
BEGIN
  IF v_left <> '' THEN
    INSERT INTO old_files AS f (key, tg_user_id, since, due_at)
    VALUES (v_left, OLD.chat_id, '-infinity', now() + interval '12 hours')
    ON CONFLICT (key) DO UPDATE SET due_at = EXCLUDED.due_at WHERE f.taken_at IS NULL;
  END IF;
  IF v_came <> '' THEN
    -- Waits for whoever is about to take it, and then sees that it is taken; who comes later passes it
    -- over until this draft is there for all to see. A row to lock need not exist: the photo of an old
    -- job may be noted at this very moment.
    PERFORM pg_advisory_xact_lock(hashtextextended('file:' || v_came, 0));
    DELETE FROM old_files f WHERE f.key = v_came AND f.taken_at IS NULL;
    IF EXISTS (SELECT FROM old_files f WHERE f.key = v_came) THEN
      UPDATE sessions s SET data = s.data - 'order', version = s.version + 1
       WHERE s.chat_id = NEW.chat_id;
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER photos_of_new_drafts_are_watched
  AFTER INSERT ON sessions FOR EACH ROW WHEN (NEW.data #>> '{order,photo}' <> '')
  EXECUTE FUNCTION watch_photos_of_drafts();
CREATE OR REPLACE TRIGGER photos_of_drafts_are_watched
  AFTER UPDATE OF data ON sessions FOR EACH ROW
  WHEN (OLD.data #>> '{order,photo}' IS DISTINCT FROM NEW.data #>> '{order,photo}')
  EXECUTE FUNCTION watch_photos_of_drafts();
