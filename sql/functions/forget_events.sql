-- Events are kept as long as their job, and no longer. A foreign key would cost a search and a row
-- lock with every event.
CREATE OR REPLACE FUNCTION forget_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM job_events e WHERE e.job_id = ANY (ARRAY(SELECT g.id FROM gone g));
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_job_goes_with_its_events AFTER DELETE ON jobs
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
  EXECUTE FUNCTION forget_events();
