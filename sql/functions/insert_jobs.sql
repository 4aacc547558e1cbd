-- Inserts complete jobs, charges one credit for each and writes the ledger; all arrays are
-- parallel. The caller has locked the buyers, knows that they can pay, and that no key exists yet.
-- Keys of `p_inputs` are the names of the columns they fill; all are optional. Each job gets a turn
-- in the round after its user's last job, at the earliest in the one after that which is claimed
-- now.
CREATE OR REPLACE FUNCTION insert_jobs(p_users bigint[], p_templates text[], p_keys text[],
                                       p_photos text[], p_inputs jsonb[])
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
  v_node text := acting_node();
  v_round bigint := (SELECT last_value FROM claimed_turn);
BEGIN
  RETURN QUERY
  WITH made AS (
    INSERT INTO jobs (id, tg_user_id, template_type, product_name, product_text, product_image_url,
                      extra_wishes, video_index, idempotency_key, error_details, place, ordered_on,
                      turn, expected)
    SELECT time_ordered_uuid(), o.tg_user_id, o.template, o.input->>'product_name',
           o.input->>'product_text', o.photo,
           CASE WHEN o.input->>'extra_wishes' NOT IN ('', '-') THEN o.input->>'extra_wishes' END,
           coalesce((o.input->>'video_index')::int, 0), o.key,
           jsonb_build_object('template_id', coalesce(o.input->>'template_id', o.template),
                              'kind', coalesce(o.input->>'kind', o.template),
                              'user_prompt', o.input->>'user_prompt'),
           nullif(o.input->'place', 'null'), v_node,
           greatest(v_round, u.last_turn)
             + row_number() OVER (PARTITION BY o.tg_user_id ORDER BY o.position),
           translate(o.input->>'expected', '[]', '{}')::int[]
      FROM unnest(p_users, p_templates, p_keys, p_photos, p_inputs)
           WITH ORDINALITY AS o(tg_user_id, template, key, photo, input, position)
      JOIN users u ON u.tg_user_id = ANY (ARRAY[o.tg_user_id])
     ORDER BY o.position
    RETURNING id, tg_user_id
  ), charged AS (
    INSERT INTO credit_ledger (tg_user_id, job_id, kind, amount)
    SELECT m.tg_user_id, m.id, 'charge', -1 FROM made m
  ), paid AS (
    UPDATE users u
       SET credits = u.credits - m.videos, last_turn = greatest(v_round, u.last_turn) + m.videos,
           updated_at = now()
      FROM (SELECT tg_user_id, count(*) AS videos FROM made GROUP BY tg_user_id) m
     WHERE u.tg_user_id = ANY (ARRAY[m.tg_user_id])
  )
  SELECT m.id FROM made m;
END $$;
