-- Keeps `suspects` as jobs.rescues says. A node that has got rid of its suspect may take the next
-- one at once.
CREATE OR REPLACE FUNCTION watch_suspects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.rescues >= 2 THEN
    INSERT INTO suspects (job_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM suspects WHERE job_id = NEW.id;
    PERFORM pg_notify('jobs', '');
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_suspect_is_watched AFTER UPDATE OF rescues ON jobs FOR EACH ROW
  WHEN ((OLD.rescues >= 2) <> (NEW.rescues >= 2))
  EXECUTE FUNCTION watch_suspects();
