-- Adds at most `p_limit` rows of `earnings` to the sums of their days, and says how many that were.
CREATE OR REPLACE FUNCTION sum_earnings(p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_taken int;
BEGIN
  WITH taken AS (
    DELETE FROM earnings e WHERE e.id = ANY (ARRAY(
      SELECT x.id FROM earnings x ORDER BY x.id LIMIT p_limit FOR UPDATE SKIP LOCKED))
    RETURNING e.*
  ), summed AS (
    INSERT INTO earnings_by_day AS d (day, model, clips, late, unpriced, cost, income)
    SELECT t.day, t.model, sum(t.clips), sum(t.late), sum(t.unpriced), sum(t.cost), sum(t.income)
      FROM taken t GROUP BY t.day, t.model ORDER BY t.day, t.model
    ON CONFLICT (day, model) DO UPDATE
      SET clips = d.clips + EXCLUDED.clips, late = d.late + EXCLUDED.late,
          unpriced = d.unpriced + EXCLUDED.unpriced, cost = d.cost + EXCLUDED.cost,
          income = d.income + EXCLUDED.income
  )
  SELECT count(*) INTO v_taken FROM taken;
  RETURN v_taken;
END $$;
