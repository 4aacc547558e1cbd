-- Cost, income and margin in US$ by day (of UTC) and model, newest first: of the last `p_days`
-- days, today among them.
CREATE OR REPLACE FUNCTION earnings_of_days(p_days int)
RETURNS TABLE(day date, model text, clips bigint, late bigint, unpriced bigint,
              cost numeric, income numeric, margin numeric) LANGUAGE sql STABLE AS $$
  SELECT e.day, e.model, sum(e.clips)::bigint, sum(e.late)::bigint, sum(e.unpriced)::bigint,
         round(sum(e.cost), 4), round(sum(e.income), 4), round(sum(e.income) - sum(e.cost), 4)
    FROM (SELECT d.day, d.model, d.clips, d.late, d.unpriced, d.cost, d.income
            FROM earnings_by_day d WHERE d.day > timezone('UTC', now())::date - p_days
          UNION ALL
          SELECT n.day, n.model, n.clips, n.late, n.unpriced, n.cost, n.income
            FROM earnings n WHERE n.day > timezone('UTC', now())::date - p_days) e
   GROUP BY e.day, e.model ORDER BY e.day DESC, e.model
$$;
