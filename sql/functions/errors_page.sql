-- What jobs failed of in the last `p_since`: how many for each class and signal, and the latest of
-- them as an example, with what the provider said of it (`words`) if texts are asked for. Of the
-- 2000 jobs that failed last; `total_is_exact` is false when there were more.
CREATE OR REPLACE FUNCTION errors_page(p_since interval, p_texts boolean DEFAULT false)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  WITH read AS MATERIALIZED (
    SELECT j.id, j.finished_at, failure_class(j) AS class, failure_signal(j) AS signal,
           CASE WHEN p_texts THEN j.error_details->>'raw' END AS words
      FROM jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT 2000
  ), groups AS MATERIALIZED (
    SELECT r.class, r.signal, count(*) FILTER (WHERE r.finished_at > now() - p_since) AS count,
           count(*) FILTER (WHERE r.finished_at > now() - interval '1 hour') AS hour,
           count(*) FILTER (WHERE r.finished_at > now() - interval '1 day') AS day,
           count(*) FILTER (WHERE r.finished_at > now() - interval '7 days') AS week,
           max(r.finished_at) AS last,
           (array_agg(r.id ORDER BY r.finished_at DESC, r.id DESC))[1] AS example,
           (array_agg(r.words ORDER BY r.finished_at DESC, r.id DESC))[1] AS words
      FROM read r GROUP BY r.class, r.signal
  ), shown AS (
    SELECT * FROM groups g WHERE g.count > 0 ORDER BY g.count DESC, g.last DESC LIMIT 200
  )
  SELECT jsonb_build_object(
    'since_s', extract(epoch FROM p_since)::bigint,
    'groups', coalesce((SELECT jsonb_agg(jsonb_build_object('class', s.class, 'signal', s.signal,
        'count', s.count, 'counts', jsonb_build_object('1h', s.hour, '24h', s.day, '7d', s.week),
        'last', unix_seconds(s.last), 'example', s.example)
          || CASE WHEN p_texts THEN jsonb_build_object('words', s.words) ELSE '{}' END
        ORDER BY s.count DESC, s.last DESC) FROM shown s), '[]'),
    'total', (SELECT coalesce(sum(g.count), 0) FROM groups g),
    'total_is_exact', (SELECT count(*) < 2000 OR min(r.finished_at) < now() - p_since FROM read r))
$$;
