-- What Telegram calls the bot, for links to it.
CREATE OR REPLACE FUNCTION note_bot(p_username text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO settings AS s (key, value) VALUES ('bot', jsonb_build_object('username', p_username))
  ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()
   WHERE s.value <> EXCLUDED.value
$$;
