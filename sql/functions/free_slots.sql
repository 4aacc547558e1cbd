-- How many of `p_budget` things per 10 s the account may still do now. Locks the account until the
-- transaction ends, so that what is counted can be taken. Counts in slots of a quarter second and
-- takes a slot that has half left the window for whole: never too many, at worst 2.5 % too few.
-- Slots of the future do not count: the clock was set back, and they would block the account so long.
CREATE OR REPLACE FUNCTION free_slots(p_account text, p_budget int) RETURNS int
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('kie_slots:' || p_account, 0));
  RETURN greatest(0, p_budget - coalesce((
    SELECT sum(s.taken) FROM kie_slots s
     WHERE s.account = p_account
       AND s.started_at BETWEEN clock_timestamp() - interval '10250 ms'
         AND clock_timestamp()), 0))::int;
END $$;
