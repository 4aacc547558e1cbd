-- Proves that this database takes a write, and keeps nothing of it: a standby, a read-only server or
-- a full disk answers questions as well as any. The commit itself is real.
CREATE OR REPLACE FUNCTION prove_writable() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO settings (key, value) VALUES ('proof:' || gen_random_uuid(), 'true');
  RAISE EXCEPTION 'proved' USING ERRCODE = 'NC099';
EXCEPTION WHEN SQLSTATE 'NC099' THEN
  NULL; -- undone
END $$;
