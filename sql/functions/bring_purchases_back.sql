-- Purchases that Telegram tells of and the database does not know, as after a restore: their
-- credits, and a word to the payer. `p_purchases`: objects with charge, user, username, first_name,
-- language, credits (0: an operator has to settle it), stars and payload. A charge that is known
-- changes nothing, whoever wrote it first. Returns how many were brought, and their credits.
CREATE OR REPLACE FUNCTION bring_purchases_back(p_purchases jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v record;
  v_brought int := 0;
  v_credits int := 0;
BEGIN
  INSERT INTO users (tg_user_id, username, first_name, language_code)
  SELECT DISTINCT ON (p."user") p."user", nullif(p.username, ''), coalesce(p.first_name, ''),
         nullif(p.language, '')
    FROM jsonb_to_recordset(p_purchases)
         AS p("user" bigint, username text, first_name text, language text)
   ORDER BY p."user"
  ON CONFLICT DO NOTHING; -- whoever is known may have been heard of since
  FOR v IN
    SELECT p.* FROM jsonb_to_recordset(p_purchases)
      AS p(charge text, "user" bigint, credits int, stars int, payload text)
     ORDER BY p."user", p.charge
  LOOP
    CONTINUE WHEN NOT (SELECT r.fresh
      FROM record_purchase(v."user", v.charge, v.credits, 'XTR', v.stars, v.payload) r);
    v_brought := v_brought + 1;
    v_credits := v_credits + v.credits;
    IF v.credits > 0 THEN
      INSERT INTO notifications (chat_id, kind, payload)
      VALUES (v."user", 'credits_granted', jsonb_build_object('amount', v.credits));
      PERFORM pg_notify('outbox', '');
    END IF;
  END LOOP;
  RETURN jsonb_build_object('brought', v_brought, 'credits', v_credits);
END $$;
