-- Uses up `p_count` of what free_slots() counted; the caller holds its lock.
CREATE OR REPLACE FUNCTION take_slots(p_account text, p_count int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_slot bigint := floor(extract(epoch FROM clock_timestamp()) * 4);
  v_started timestamptz := to_timestamp(v_slot / 4.0);
BEGIN
  INSERT INTO kie_slots AS s (account, ring, started_at, taken)
  VALUES (p_account, v_slot % 64, v_started, p_count)
  ON CONFLICT (account, ring) DO UPDATE
    SET taken = p_count + CASE WHEN s.started_at = v_started THEN s.taken ELSE 0 END,
        started_at = v_started;
END $$;
