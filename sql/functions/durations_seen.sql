-- The recent past from which an order's time is guessed (domain/expectation): `made`, seconds from
-- the first claim to the video, of the model that made the newest one: of the last hour, or at
-- least 20 of the last week, at most 200; `rate`, videos a second in the last ten minutes;
-- `guesses`, those of the oldest open jobs, then those of the newest videos.
CREATE OR REPLACE FUNCTION durations_seen() RETURNS jsonb LANGUAGE sql STABLE AS $$
  WITH latest AS MATERIALIZED (
    SELECT j.model, j.expected, j.finished_at, seconds_between(j.started_at, j.finished_at) AS made,
           seconds_between(j.created_at, j.finished_at) AS took,
           row_number() OVER (ORDER BY j.finished_at DESC) AS age
      FROM (SELECT x.* FROM jobs x
             WHERE x.finished_at > now() - interval '7 days' AND x.status = 'completed'
             ORDER BY x.finished_at DESC LIMIT 600) j
  ), of_model AS (
    SELECT l.*, row_number() OVER (ORDER BY l.age) AS place FROM latest l
     WHERE l.model IS NOT DISTINCT FROM (SELECT n.model FROM latest n WHERE n.age = 1)
  ), made AS (
    SELECT m.made FROM of_model m
     WHERE m.place <= 200 AND (m.place <= 20 OR m.finished_at > now() - interval '1 hour')
  ), rate AS (
    SELECT count(*) / greatest(1.0, CASE WHEN count(*) < 600 THEN 600.0
             ELSE seconds_between(min(l.finished_at), now()) END) AS per_second
      FROM latest l WHERE l.finished_at > now() - interval '10 min'
  ), guesses AS (
    SELECT 0 AS part, o.place, o.expected, seconds_between(o.created_at, now()) AS took,
           false AS ended
      FROM (SELECT j.expected, j.created_at, row_number() OVER (ORDER BY j.id) AS place
              FROM (SELECT x.* FROM jobs x WHERE x.status IN ('queued', 'processing')
                     ORDER BY x.id LIMIT 100) j) o
     WHERE o.expected IS NOT NULL
    UNION ALL
    SELECT 1, l.age, l.expected, l.took, true FROM latest l
     WHERE l.expected IS NOT NULL AND l.age <= 200
  )
  SELECT jsonb_build_object(
    'made', coalesce((SELECT jsonb_agg(m.made) FROM made m), '[]'),
    'rate', (SELECT round(r.per_second, 6) FROM rate r),
    'guesses', coalesce((
      SELECT jsonb_agg(jsonb_build_object('low', g.expected[1], 'high', g.expected[2],
                                          'took', g.took, 'ended', g.ended)
                       ORDER BY g.part, g.place)
        FROM guesses g), '[]'))
$$;
