-- Remembers people as Telegram describes them, the last description of each; 0 stands for nobody.
-- Rows that say so already are not touched: most updates come from somebody well known.
CREATE OR REPLACE FUNCTION upsert_profiles(p_users bigint[], p_usernames text[],
  p_first_names text[],
                                           p_languages text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO users AS u (tg_user_id, username, first_name, language_code)
  SELECT DISTINCT ON (p.id) p.id, nullif(p.username, ''), p.first_name, nullif(p.language, '')
    FROM unnest(p_users, p_usernames, p_first_names, p_languages)
         WITH ORDINALITY AS p(id, username, first_name, language, position)
   WHERE p.id <> 0 AND NOT EXISTS (
           SELECT FROM users k
            WHERE k.tg_user_id = p.id AND k.username IS NOT DISTINCT FROM nullif(p.username, '')
              AND k.first_name IS NOT DISTINCT FROM p.first_name
              AND (p.language = '' OR k.language_code IS NOT DISTINCT FROM p.language))
   ORDER BY p.id, p.position DESC
  ON CONFLICT (tg_user_id) DO UPDATE
    SET username = EXCLUDED.username, first_name = EXCLUDED.first_name,
        language_code = coalesce(EXCLUDED.language_code, u.language_code), updated_at = now();
END $$;
