-- The state of the whole system in one object, for `status` and the dashboard. Cheap whatever the
-- history: everything is read by an index of what is open or recent. `rest_seconds` is null for what
-- cools down without end: an operator may write infinity.
CREATE OR REPLACE FUNCTION status_snapshot(p_lease interval DEFAULT '30 seconds') RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  RETURN jsonb_build_object(
    'at', clock_timestamp(),
    'nodes', coalesce((SELECT jsonb_agg(jsonb_build_object(
        'incarnation', n.incarnation, 'name', n.name, 'roles', n.roles, 'version', n.version,
          'stats', n.stats - 'config', 'digest', n.stats->'config'->>'digest',
        'started_at', n.started_at, 'heartbeat_at', n.heartbeat_at,
        'up_seconds', seconds_between(n.started_at, now()),
        'heartbeat_seconds', greatest(0, seconds_between(n.heartbeat_at, now())),
        'state', CASE WHEN n.left_at IS NOT NULL THEN 'left' WHEN n.fenced_at IS NOT NULL
          THEN 'fenced'
                      WHEN n.heartbeat_at < now() - p_lease THEN 'silent' ELSE 'alive' END,
        'in_flight', (SELECT count(*)
          FROM jobs j WHERE j.claimed_by = n.incarnation AND j.status = 'processing'))
        ORDER BY n.name, n.started_at) FROM nodes n), '[]'),
    -- What the leading coordinator sees; null: none has led yet.
    'cluster', (SELECT s.value || jsonb_build_object('age_seconds',
        greatest(0, seconds_between(s.updated_at, now()))) FROM settings s WHERE s.key = 'cluster'),
    -- Locks name their roles by a hash. `since`: when the connection began that holds them.
    'leaders', coalesce((SELECT jsonb_agg(jsonb_build_object('name', x.name, 'since',
      x.backend_start) ORDER BY x.name)
        FROM (SELECT a.backend_start,
              coalesce(regexp_replace(a.application_name, '/leader(:.*)?$', '')
                       || '/leader:' || r.role, a.application_name) AS name
          FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
          LEFT JOIN unnest(ARRAY['cards', 'coordinator', 'gateway', 'janitor', 'late_videos',
                                 'notifier']) AS r(role)
            ON hashtextextended('neurocards.leader:' || r.role, 0)
               = (l.classid::bigint << 32 | l.objid::bigint)
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
           AND a.datname = current_database()
           AND (r.role IS NOT NULL OR a.application_name LIKE '%/leader%')) x), '[]'),
    'queue', jsonb_build_object(
      'queued', (SELECT count(*) FROM jobs WHERE status = 'queued'),
      'due', (SELECT count(*) FROM jobs WHERE status = 'queued' AND run_at <= now()),
      'processing', (SELECT count(*) FROM jobs WHERE status = 'processing'),
      'processing_without_lease', (SELECT count(*)
        FROM jobs j LEFT JOIN nodes n ON n.incarnation = j.claimed_by
         WHERE j.status = 'processing'
           AND (n.incarnation IS NULL OR n.fenced_at IS NOT NULL
                OR n.heartbeat_at < now() - p_lease)),
      'oldest_without_lease_seconds', (SELECT seconds_between(
        min(coalesce(n.heartbeat_at, j.claimed_at)), now())
         FROM jobs j LEFT JOIN nodes n ON n.incarnation = j.claimed_by
         WHERE j.status = 'processing'
           AND (n.incarnation IS NULL OR n.fenced_at IS NOT NULL
                OR n.heartbeat_at < now() - p_lease)),
      'oldest_due_seconds', (SELECT seconds_between(min(run_at), now())
        FROM jobs WHERE status = 'queued' AND run_at <= now()),
      'oldest_queued_seconds', (SELECT seconds_between(min(created_at), now())
        FROM jobs WHERE status = 'queued'),
      'oldest_processing_seconds', (SELECT seconds_between(min(claimed_at), now())
        FROM jobs WHERE status = 'processing')),
    'stages', coalesce((SELECT jsonb_agg(jsonb_build_object('stage', s.stage, 'jobs', s.jobs,
        'oldest_seconds', greatest(0, seconds_between(s.since, now()))))
          FROM stages_now() s), '[]'),
    'last_hour', (SELECT jsonb_build_object(
        'completed', count(*) FILTER (WHERE status = 'completed'), 'failed',
          count(*) FILTER (WHERE status = 'failed'),
        'completed_last_minute',
          count(*) FILTER (WHERE status = 'completed'
            AND finished_at > now() - interval '1 minute'),
        'failed_last_minute',
          count(*) FILTER (WHERE status = 'failed'
            AND finished_at > now() - interval '1 minute'),
        'median_seconds', (percentile_cont(0.5) WITHIN GROUP (ORDER BY
          seconds_between(started_at, finished_at)) FILTER (WHERE status = 'completed'))::bigint,
        -- What a user waits for: from the order until Telegram has the video.
        'p95_seconds', (percentile_cont(0.95) WITHIN GROUP (ORDER BY
          seconds_between(created_at, coalesce(delivered_at, finished_at)))
            FILTER (WHERE status = 'completed'))::bigint)
      FROM jobs WHERE finished_at IS NOT NULL AND finished_at > now() - interval '1 hour'),
    'outbox', (SELECT jsonb_build_object('unsent', count(*), 'deferred',
      count(*) FILTER (WHERE run_at > now()),
        'oldest_seconds', seconds_between(min(created_at), now()))
          FROM notifications WHERE sent_at IS NULL),
    'inbox', (SELECT jsonb_build_object('pending', count(*),
        'oldest_seconds', seconds_between(min(received_at), now()))
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
        CASE WHEN blocked_until > now() AND isfinite(blocked_until)
          THEN seconds_between(now(), blocked_until) END,
        'reason', reason, 'rests', rests, 'creations', creations, 'last_used_at', last_used_at)
          ORDER BY fingerprint)
      FROM kie_keys), '[]'),
    'models', coalesce((SELECT jsonb_agg(jsonb_build_object(
        'model', model, 'resting', blocked_until > now(), 'rest_seconds',
        CASE WHEN blocked_until > now() AND isfinite(blocked_until)
          THEN seconds_between(now(), blocked_until) END,
        'reason', reason, 'rests', rests) ORDER BY model)
      FROM kie_models), '[]'),
    'earnings', coalesce((SELECT jsonb_agg(to_jsonb(e)) FROM earnings_of_days(7) e), '[]'),
    'paused', paused_now(),
    'config', config_now(p_lease),
    -- What the auditor found last (note_audit); null: it has not audited yet.
    'promises', (SELECT jsonb_build_object('at', s.updated_at) || s.value
      FROM settings s WHERE s.key = 'audit'),
    'asynchronous_standbys', asynchronous_standbys(),
    'left_to_operators', coalesce((SELECT jsonb_agg(to_jsonb(x)) FROM left_to_operators(20) x), '[]'),
    'jobs', coalesce((SELECT jsonb_agg(to_jsonb(j)) FROM jobs_list(NULL, NULL, 20) j), '[]'));
END $$;
