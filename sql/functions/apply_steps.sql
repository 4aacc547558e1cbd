-- Steps of conversations, each applied once: only if its update is stored and not handled yet. All
-- arrays of a group are parallel; `*_steps` name the step (1 …) that a row belongs to.
--
--   steps    update, chat, who is talking, new session (state NULL: unchanged), blocked (NULL: as is)
--   consents terms agreed to, and the welcome they bring
--   bought   payments
--   refunded payments whose money went back
--   orders   draft and its size, and the session after either ending
--   jobs     of the orders, in their order
--   notices  `p_notice_when`: 0 always, 7 with a payment that was not known, else only with this
--            outcome (decide_orders and wishes_of_users)
--   cancel   jobs that their users take back; `resend`: videos that they want again
--   news     whether the user wants news from now on (NULL: as before)
--   invited  whoever came by whose link, and what both were promised
--
-- `p_versions`: the session's version each step was decided on (NULL: whatever it is). A step decided
-- on another one, or out of turn, is stale: nothing of it is applied, its update waits for the next try.
-- Each step that is applied makes a new version, also one that leaves the session as it was.
--
-- Returns for each step whether it was applied or stale, the outcome of its order, and the balance.
CREATE OR REPLACE FUNCTION apply_steps(
  p_updates bigint[], p_chats bigint[], p_users bigint[], p_usernames text[], p_first_names text[],
  p_languages text[], p_states text[], p_data jsonb[], p_blocked boolean[],
  p_consent_steps int[], p_consent_versions text[], p_consent_welcomes int[],
  p_bought_steps int[], p_bought_charges text[], p_bought_credits int[], p_bought_currencies text[],
  p_bought_amounts int[], p_bought_payloads text[],
  p_order_steps int[], p_order_drafts uuid[], p_order_sizes int[], p_order_keys text[],
  p_accepted_states text[], p_accepted_data jsonb[], p_refused_states text[],
    p_refused_data jsonb[],
  p_job_steps int[], p_job_templates text[], p_job_keys text[], p_job_photos text[],
    p_job_inputs jsonb[],
  p_notice_steps int[], p_notice_when int[], p_notice_kinds text[], p_notice_payloads jsonb[],
  p_versions bigint[] DEFAULT NULL, p_order_limits int[] DEFAULT NULL,
  p_cancel_steps int[] DEFAULT '{}', p_cancel_jobs uuid[] DEFAULT '{}',
  p_resend_steps int[] DEFAULT '{}', p_resend_jobs uuid[] DEFAULT '{}',
  p_news boolean[] DEFAULT '{}', p_invited_steps int[] DEFAULT '{}',
  p_inviters bigint[] DEFAULT '{}', p_inviter_credits int[] DEFAULT '{}',
  p_invited_credits int[] DEFAULT '{}',
  p_refunded_steps int[] DEFAULT '{}', p_refunded_charges text[] DEFAULT '{}',
  p_refunded_currencies text[] DEFAULT '{}', p_refunded_amounts int[] DEFAULT '{}',
  p_refunded_payloads text[] DEFAULT '{}')
RETURNS TABLE(pos bigint, applied boolean, outcome int, credits int, stale boolean)
LANGUAGE plpgsql AS $$
DECLARE
  v_applies boolean[] := array_fill(false, ARRAY[cardinality(p_updates)]);
  v_stale boolean[] := stale_steps(p_updates, p_chats, p_versions);
  v_step int;
  v_received timestamptz;
  v_received_at timestamptz[] := array_fill(NULL::timestamptz, ARRAY[cardinality(p_updates)]);
  v_outcomes int[] := array_fill(0, ARRAY[cardinality(p_updates)]);
  v_paid int[] := '{}';
BEGIN
  IF cardinality(p_cancel_steps || p_resend_steps) > 0 THEN
    PERFORM 1 FROM jobs j WHERE j.id = ANY (p_cancel_jobs || p_resend_jobs)
      ORDER BY j.id FOR NO KEY UPDATE; -- before their users, as everywhere
  END IF;
  IF cardinality(p_bought_steps || p_refunded_steps) > 0 THEN
    PERFORM lock_payers(p_users, ARRAY(SELECT p_users[b.step]
                                         FROM unnest(p_bought_steps) AS b(step)));
  END IF;
  -- coalesce() hides the condition from the planner, who would prefer the index of unhandled updates
  -- to the primary key and read the remains of all that were handled lately.
  FOR v_step, v_received IN
    UPDATE updates u SET handled_at = now()
      FROM (SELECT * FROM unnest(p_updates) WITH ORDINALITY AS x(id, position) ORDER BY x.id) s
     WHERE u.update_id = ANY (ARRAY[s.id]) AND coalesce(u.handled_at, 'infinity') = 'infinity'
       AND NOT v_stale[s.position]
    RETURNING s.position, u.received_at
  LOOP
    v_applies[v_step] := true;
    v_received_at[v_step] := v_received;
  END LOOP;

  PERFORM upsert_profiles(array_agg(s.who), array_agg(s.username), array_agg(s.first_name),
    array_agg(s.language))
     FROM (SELECT * FROM unnest(p_users, p_usernames, p_first_names, p_languages)
             WITH ORDINALITY AS x(who, username, first_name, language, position)
            WHERE v_applies[position] ORDER BY position) s;
  IF array_position(p_blocked, true) IS NOT NULL
     OR array_position(p_blocked, false) IS NOT NULL THEN
    PERFORM send_missed_videos(array_agg(s.who))
       FROM unnest(p_users, p_blocked) WITH ORDINALITY AS s(who, blocked, position)
      WHERE v_applies[s.position] AND NOT s.blocked;
    UPDATE users u
       SET blocked_at = CASE WHEN s.blocked THEN coalesce(u.blocked_at, now()) END,
         returned_at = CASE WHEN s.blocked THEN u.returned_at
                            ELSE greatest(u.returned_at, s.received_at) END,
         updated_at = now()
      FROM (SELECT DISTINCT ON (x.who) x.who, x.blocked, i.received_at
              FROM unnest(p_users, p_blocked, p_updates)
                     WITH ORDINALITY AS x(who, blocked, id, position)
              JOIN updates i ON i.update_id = ANY (ARRAY[x.id])
             WHERE v_applies[x.position] AND x.blocked IS NOT NULL
             ORDER BY x.who, x.position DESC) s
     WHERE u.tg_user_id = ANY (ARRAY[s.who]);
  END IF;
  IF array_position(p_news, true) IS NOT NULL OR array_position(p_news, false) IS NOT NULL THEN
    UPDATE users u
       SET news_off_at = CASE WHEN NOT s.news THEN coalesce(u.news_off_at, now()) END,
           updated_at = now()
      FROM (SELECT DISTINCT ON (x.who) x.who, x.news
              FROM unnest(p_users, p_news) WITH ORDINALITY AS x(who, news, position)
             WHERE v_applies[x.position] AND x.news IS NOT NULL
             ORDER BY x.who, x.position DESC) s
     WHERE u.tg_user_id = ANY (ARRAY[s.who]);
  END IF;
  IF cardinality(p_invited_steps) > 0 THEN
    PERFORM note_invitation(p_users[i.step], i.inviter, i.inviter_credits, i.invited_credits)
       FROM unnest(p_invited_steps, p_inviters, p_inviter_credits, p_invited_credits)
              AS i(step, inviter, inviter_credits, invited_credits)
      WHERE v_applies[i.step] ORDER BY p_users[i.step];
  END IF;
  IF cardinality(p_consent_steps) > 0 THEN
    PERFORM accept_terms(p_users[c.step], c.version, c.welcome)
       FROM unnest(p_consent_steps, p_consent_versions, p_consent_welcomes) AS c(step, version,
         welcome)
      WHERE v_applies[c.step] ORDER BY p_users[c.step];
  END IF;
  IF cardinality(p_bought_steps) > 0 THEN
    v_paid := ARRAY(
      SELECT b.step
        FROM (SELECT * FROM unnest(p_bought_steps, p_bought_charges, p_bought_credits,
                                   p_bought_currencies, p_bought_amounts, p_bought_payloads)
                     AS x(step, charge, credits, currency, amount, payload)
               WHERE v_applies[x.step] ORDER BY p_users[x.step], x.step) b
       CROSS JOIN LATERAL record_purchase(p_users[b.step], b.charge, b.credits, b.currency,
                                          b.amount, b.payload) r
       WHERE r.fresh);
  END IF;
  IF cardinality(p_refunded_steps) > 0 THEN
    PERFORM record_refund(p_users[b.step], b.charge, b.currency, b.amount, b.payload)
       FROM (SELECT * FROM unnest(p_refunded_steps, p_refunded_charges, p_refunded_currencies,
                                  p_refunded_amounts, p_refunded_payloads)
                    AS x(step, charge, currency, amount, payload)
              WHERE v_applies[x.step] ORDER BY p_users[x.step], x.step) b;
  END IF;
  IF cardinality(p_order_steps) > 0 THEN
    v_outcomes := decide_orders(v_applies, p_users, p_order_steps, p_order_drafts, p_order_sizes,
      p_order_keys, p_order_limits);
    IF 1 = ANY (v_outcomes) THEN
      PERFORM insert_jobs(array_agg(p_users[s.step]), array_agg(s.template), array_agg(s.key),
                          array_agg(s.photo), array_agg(s.input))
         FROM (SELECT * FROM unnest(p_job_steps, p_job_templates, p_job_keys, p_job_photos,
                                    p_job_inputs)
                             WITH ORDINALITY AS j(step, template, key, photo, input, position)
                WHERE v_outcomes[j.step] = 1 ORDER BY j.position) s;
      PERFORM pg_notify('jobs', '');
    END IF;
  END IF;

  IF cardinality(p_cancel_steps || p_resend_steps) > 0 THEN
    v_outcomes := wishes_of_users(v_outcomes, v_applies, p_users, p_cancel_steps, p_cancel_jobs,
      p_resend_steps, p_resend_jobs);
  END IF;

  INSERT INTO sessions AS s (chat_id, state, data)
  SELECT DISTINCT ON (n.chat) n.chat, n.state, n.data
    FROM (SELECT p_chats[x.step] AS chat, x.state, x.data, x.step
            FROM unnest(p_states, p_data) WITH ORDINALITY AS x(state, data, step)
           WHERE v_applies[x.step] AND v_outcomes[x.step] IN (0, 2, 5, 6)
          UNION ALL
          SELECT p_chats[o.step],
                 CASE v_outcomes[o.step] WHEN 1 THEN o.ok_state ELSE o.no_state END,
                 CASE v_outcomes[o.step] WHEN 1 THEN o.ok_data ELSE o.no_data END, o.step
            FROM unnest(p_order_steps, p_accepted_states, p_accepted_data, p_refused_states,
              p_refused_data)
                 AS o(step, ok_state, ok_data, no_state, no_data)
           WHERE v_outcomes[o.step] IN (1, 3, 4)) n
   WHERE n.state IS NOT NULL AND n.chat <> 0
   ORDER BY n.chat, n.step DESC
  ON CONFLICT (chat_id) DO UPDATE SET state = EXCLUDED.state, data = EXCLUDED.data,
    version = s.version + 1, updated_at = now();
  -- What a step changes elsewhere (consent, credits) others have read with the same session.
  UPDATE sessions s SET version = s.version + 1
    FROM (SELECT DISTINCT x.chat, x.version
            FROM unnest(p_chats, p_versions, p_states) WITH ORDINALITY
                   AS x(chat, version, state, step)
           WHERE v_applies[x.step] AND x.version IS NOT NULL AND x.state IS NULL) kept
   WHERE s.chat_id = ANY (ARRAY[kept.chat]) AND s.version = kept.version;

  INSERT INTO notifications (chat_id, kind, payload, received_at)
  SELECT p_chats[n.step], n.kind, n.payload, v_received_at[n.step]
    FROM unnest(p_notice_steps, p_notice_when, p_notice_kinds, p_notice_payloads)
         WITH ORDINALITY AS n(step, outcome, kind, payload, position)
   WHERE v_applies[n.step] AND (n.outcome = 0 OR n.outcome = v_outcomes[n.step]
                               OR n.outcome = 7 AND n.step = ANY (v_paid))
   ORDER BY n.position;
  IF FOUND THEN
    PERFORM pg_notify('outbox', '');
  END IF;

  RETURN QUERY
  SELECT s.position, v_applies[s.position], v_outcomes[s.position], coalesce(u.credits, 0),
         v_stale[s.position]
    FROM unnest(p_users) WITH ORDINALITY AS s(who, position)
    LEFT JOIN users u ON u.tg_user_id = ANY (ARRAY[s.who]);
END $$;
