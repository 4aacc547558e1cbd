-- Standbys that may lack the last commits when they take over, by name. What copies the server for
-- a backup or subscribes to tables is none. A role that may not see how a standby follows knows at
-- least whether any is to be waited for.
CREATE OR REPLACE FUNCTION asynchronous_standbys() RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(coalesce(nullif(r.application_name, ''), 'without a name')
                            ORDER BY r.application_name, r.pid), '[]')
    FROM pg_stat_replication r
   WHERE coalesce(r.state, '') <> 'backup'
     AND coalesce(r.application_name, '') NOT IN ('pg_basebackup', 'pg_receivewal')
     AND coalesce(r.sync_state NOT IN ('sync', 'quorum'),
                  current_setting('synchronous_standby_names') = '')
     AND NOT EXISTS (SELECT FROM pg_replication_slots s
                      WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
$$;
