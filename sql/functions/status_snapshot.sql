-- The state of the whole system in one object, for `status` and the dashboard. Cheap whatever the
-- history: everything is read by an index of what is open or recent.
CREATE OR REPLACE FUNCTION status_snapshot(p_lease interval DEFAULT '30 seconds') RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  RETURN jsonb_build_object(
    'at', clock_timestamp(),
    'nodes', coalesce((SELECT jsonb_agg(jsonb_build_object(
        'incarnation', n.incarnation, 'name', n.name, 'roles', n.roles, 'version', n.version,
          'stats', n.stats,
        'started_at', n.started_at, 'heartbeat_at', n.heartbeat_at,
        'up_seconds', extract(epoch FROM now() - n.started_at)::int,
        'heartbeat_seconds', extract(epoch FROM now() - n.heartbeat_at)::int,
        'state', CASE WHEN n.left_at IS NOT NULL THEN 'left' WHEN n.fenced_at IS NOT NULL
          THEN 'fenced'
                      WHEN n.heartbeat_at < now() - p_lease THEN 'silent' ELSE 'alive' END,
        'in_flight', (SELECT count(*)
          FROM jobs j WHERE j.claimed_by = n.incarnation AND j.status = 'processing'))
        ORDER BY n.name, n.started_at) FROM nodes n), '[]'),
    -- What the leading coordinator sees; null: none has led yet.
    'cluster', (SELECT s.value || jsonb_build_object('age_seconds',
        extract(epoch FROM now() - s.updated_at)::int) FROM settings s WHERE s.key = 'cluster'),
    'leaders', coalesce((SELECT jsonb_agg(jsonb_build_object('name', a.application_name, 'since',
      a.backend_start) ORDER BY a.application_name)
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
         AND a.datname = current_database()
         AND a.application_name LIKE '%leader:%'), '[]'),
    'queue', jsonb_build_object(
      'queued', (SELECT count(*) FROM jobs WHERE status = 'queued'),
      'due', (SELECT count(*) FROM jobs WHERE status = 'queued' AND run_at <= now()),
      'processing', (SELECT count(*) FROM jobs WHERE status = 'processing'),
      'processing_without_lease', (SELECT count(*)
        FROM jobs j LEFT JOIN nodes n ON n.incarnation = j.claimed_by
         WHERE j.status = 'processing'
           AND (n.incarnation IS NULL OR n.fenced_at IS NOT NULL
                OR n.heartbeat_at < now() - p_lease)),
      'oldest_without_lease_seconds', (SELECT extract(epoch
        FROM now() - min(coalesce(n.heartbeat_at, j.claimed_at)))::int
         FROM jobs j LEFT JOIN nodes n ON n.incarnation = j.claimed_by
         WHERE j.status = 'processing'
           AND (n.incarnation IS NULL OR n.fenced_at IS NOT NULL
                OR n.heartbeat_at < now() - p_lease)),
      'oldest_due_seconds', (SELECT extract(epoch FROM now() - min(run_at))::int
        FROM jobs WHERE status = 'queued' AND run_at <= now()),
      'oldest_queued_seconds', (SELECT extract(epoch FROM now() - min(created_at))::int
        FROM jobs WHERE status = 'queued'),
      'oldest_processing_seconds', (SELECT extract(epoch FROM now() - min(claimed_at))::int
        FROM jobs WHERE status = 'processing')),
    'last_hour', (SELECT jsonb_build_object(
        'completed', count(*) FILTER (WHERE status = 'completed'), 'failed',
          count(*) FILTER (WHERE status = 'failed'),
        'median_seconds', (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch
          FROM finished_at - started_at))
                           FILTER (WHERE status = 'completed'))::int)
      FROM jobs WHERE finished_at IS NOT NULL AND finished_at > now() - interval '1 hour'),
    'outbox', (SELECT jsonb_build_object('unsent', count(*), 'deferred',
      count(*) FILTER (WHERE run_at > now()),
        'oldest_seconds', extract(epoch FROM now() - min(created_at))::int)
          FROM notifications WHERE sent_at IS NULL),
    'inbox', (SELECT jsonb_build_object('pending', count(*),
        'oldest_seconds', extract(epoch FROM now() - min(received_at))::int)
          FROM updates WHERE handled_at IS NULL),
    'providers', coalesce((SELECT jsonb_agg(jsonb_build_object(
        'name', p.name, 'down', p.down_since IS NOT NULL, 'down_since', p.down_since,
        'down_seconds', CASE WHEN p.down_since IS NOT NULL
          THEN extract(epoch FROM now() - p.down_since)::int END,
        'reason', CASE WHEN p.down_since IS NOT NULL THEN p.reason END, 'ended_at', p.ended_at)
          ORDER BY p.name)
      FROM providers p), '[]'),
    'keys', coalesce((SELECT jsonb_agg(jsonb_build_object(
        'fingerprint', fingerprint, 'resting', blocked_until > now(), 'rest_seconds',
        CASE WHEN blocked_until > now() THEN extract(epoch FROM blocked_until - now())::int END,
        'reason', reason, 'rests', rests, 'creations', creations, 'last_used_at', last_used_at)
          ORDER BY fingerprint)
      FROM kie_keys), '[]'),
    'models', coalesce((SELECT jsonb_agg(jsonb_build_object(
        'model', model, 'resting', blocked_until > now(), 'rest_seconds',
        CASE WHEN blocked_until > now() THEN extract(epoch FROM blocked_until - now())::int END,
        'reason', reason, 'rests', rests) ORDER BY model)
      FROM kie_models), '[]'),
    'left_to_operators', coalesce((SELECT jsonb_agg(to_jsonb(x)) FROM left_to_operators(20) x), '[]'),
    'jobs', coalesce((SELECT jsonb_agg(to_jsonb(j)) FROM jobs_list(NULL, NULL, 20) j), '[]'));
END $$;
