-- How many Stars a credit of the user brought: as many as in the purchase before that was not
-- refunded; 0: there is none, and the user spends what was given.
CREATE OR REPLACE FUNCTION stars_per_credit(p_user bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT p FROM last_star_price(p_user) AS p), 0)
$$;
