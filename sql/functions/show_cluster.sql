-- What the leading coordinator sees of its cluster, for `status` on any node. Written only while the
-- session's node leads: a view that was under way when another took over must not hide his.
CREATE OR REPLACE FUNCTION show_cluster(p_view text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO settings AS s (key, value)
  SELECT 'cluster', p_view::jsonb
   WHERE EXISTS (
     SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.mode = 'ExclusiveLock'
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND (l.classid::bigint << 32 | l.objid::bigint)
            = hashtextextended('neurocards.leader:coordinator', 0)
        AND l.objsubid = 1
        AND a.application_name IN ( -- the second: of older programs
              left(current_setting('application_name') || '/leader', 63),
              left(current_setting('application_name') || '/leader:coordinator', 63)))
  ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now();
END $$;
