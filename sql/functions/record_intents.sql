-- Announces creations: gives each job a key and a model, saves them with the token, and takes one
-- unit of the account's budget. Keys take turns, the least recently used first; models are tried in
-- the order of the catalogue, which may be of several providers. A token that was granted before
-- is granted again and costs nothing, so that a caller who did not hear the answer may repeat;
-- unless a callback has brought its task meanwhile, which the caller hears as lease_lost. The first
-- intent of an attempt is progress; one in the place of another, of which nobody knows what became,
-- is not.
-- `p_photos` says how the provider gets the photo, `p_photo_ages_ms` since when it could.
-- `p_key_providers` and `p_model_providers` say whose each key and model is (NULL: all are KIE's),
-- `p_prepared` for which provider a job's photo is ready: of that one only models are given that
-- take it in this form. With keys of several providers one that is down is passed over, but for a
-- trial of it (report_probe); a job that no model of any takes is stranded until one does. Verdicts: granted; lease_lost; elsewhere (it is the turn of `model`,
-- for whose provider the photo is to be made ready first); no_key and no_model (all cool down, are
-- paused or are of a provider that is down, until `wait_ms` have passed); wait.
CREATE OR REPLACE FUNCTION record_intents(
  p_jobs uuid[], p_nodes uuid[], p_tokens text[], p_keys text[], p_accounts text[], p_budget int,
  p_models text[], p_claims int[] DEFAULT NULL, p_photos text[] DEFAULT NULL,
  p_photo_ages_ms bigint[] DEFAULT NULL, p_key_providers text[] DEFAULT NULL,
  p_model_providers text[] DEFAULT NULL, p_prepared text[] DEFAULT NULL)
RETURNS TABLE(pos bigint, verdict text, key text, model text, wait_ms bigint, provider text)
LANGUAGE plpgsql AS $$
DECLARE
  v_granted bigint[]; -- positions of the jobs whose token was granted before
  v_open bigint[];    -- and of those that need a grant
  v_key_providers text[] := coalesce(p_key_providers,
    array_fill('kie'::text, ARRAY[cardinality(p_keys)]));
  v_model_providers text[] := coalesce(p_model_providers,
    array_fill('kie'::text, ARRAY[cardinality(p_models)]));
  v_several boolean := (SELECT count(DISTINCT x) > 1 FROM unnest(v_key_providers) AS x);
  v_model text;
  v_provider text;   -- of the model
  v_most int;        -- of the open jobs that may be served
  v_names text[];    -- of the accounts,
  v_budgets int[];   -- and what is left to each
  v_keys text[];     -- that may be used, in turn
  v_accounts text[]; -- of these keys
  v_free int[];      -- what is left to the accounts of these keys
  v_order int[] := '{}'; -- which key serves the n-th open job
  v_turn int := 0;
  v_skipped int := 0;
  v_until timestamptz;
  v_verdict text;
  v_slot_free_at timestamptz;
BEGIN
  SELECT array_agg(x.position) FILTER (WHERE x.token = x.intent_token),
         array_agg(x.position ORDER BY x.position)
           FILTER (WHERE x.token IS DISTINCT FROM x.intent_token)
    INTO v_granted, v_open
    FROM (SELECT b.position, b.token, j.intent_token
            FROM unnest(p_jobs, p_nodes, p_tokens, p_claims)
                 WITH ORDINALITY AS b(id, node, token, claim, position)
            JOIN jobs j ON j.id = ANY (ARRAY[b.id])
           WHERE j.claimed_by = b.node AND j.kie_task_id IS NULL
             AND j.claim = coalesce(nullif(b.claim, 0), j.claim)
           ORDER BY j.id FOR NO KEY UPDATE OF j) x;
  IF v_granted IS NOT NULL THEN
    RETURN QUERY
    SELECT b.position, 'granted', j.kie_api_key, j.model, 0::bigint, j.provider
      FROM unnest(p_jobs) WITH ORDINALITY AS b(id, position)
      JOIN jobs j ON j.id = ANY (ARRAY[b.id])
     WHERE b.position = ANY (v_granted);
  END IF;
  IF v_open IS NULL THEN
    RETURN;
  END IF;

  SELECT m.model, m.provider INTO v_model, v_provider
    FROM unnest(p_models, v_model_providers) WITH ORDINALITY AS m(model, provider, position)
   WHERE m.model NOT IN (SELECT o.name FROM out_of_use('model', p_models) o)
     AND (NOT v_several OR provider_takes_jobs(m.provider, p_keys, v_key_providers))
   ORDER BY m.position LIMIT 1;
  IF v_model IS NULL THEN
    SELECT least(min(o.until), CASE WHEN v_several THEN now() + interval '5 s' END) INTO v_until
      FROM out_of_use('model', p_models) o;
    v_verdict := 'no_model';
    UPDATE jobs j SET stranded_since = now()
     WHERE v_several AND j.stranded_since IS NULL
       AND j.id = ANY (ARRAY(SELECT p_jobs[o.position] FROM unnest(v_open) AS o(position)
                              WHERE coalesce(p_prepared[o.position], '') = ''));
  ELSE
    IF v_several THEN
      RETURN QUERY
      SELECT o.position, 'elsewhere', NULL::text, v_model, 0::bigint, v_provider
        FROM unnest(v_open) AS o(position) WHERE p_prepared[o.position] IS DISTINCT FROM v_provider;
      SELECT array_agg(o.position ORDER BY o.position) INTO v_open
        FROM unnest(v_open) AS o(position) WHERE p_prepared[o.position] = v_provider;
      IF v_open IS NULL THEN
        RETURN;
      END IF;
      v_most := use_trial(v_provider);
    END IF;
    -- Accounts are locked in one order everywhere: by name. A statement of its own, so that the next
    -- sees which keys those have used who held the locks before.
    SELECT array_agg(a.account), array_agg(free_slots(a.account, p_budget))
      INTO v_names, v_budgets
      FROM (SELECT DISTINCT account FROM unnest(p_accounts) AS x(account) ORDER BY account) a;
    SELECT array_agg(k.key ORDER BY r.last_used_at NULLS FIRST, k.key),
           array_agg(k.account ORDER BY r.last_used_at NULLS FIRST, k.key),
           array_agg(b.free ORDER BY r.last_used_at NULLS FIRST, k.key)
      INTO v_keys, v_accounts, v_free
      FROM unnest(p_keys, p_accounts, v_key_providers) AS k(key, account, provider)
      JOIN unnest(v_names, v_budgets) AS b(account, free) ON b.account = k.account
      LEFT JOIN kie_keys r ON r.fingerprint = k.key
     WHERE k.key NOT IN (SELECT o.name FROM out_of_use('key', p_keys) o)
       AND k.provider = v_provider;
    IF v_keys IS NULL THEN
      SELECT min(o.until) INTO v_until FROM out_of_use('key', p_keys) o;
      v_verdict := 'no_key';
    END IF;
  END IF;

  -- Deal the keys out in turn, passing over accounts whose budget is spent.
  WHILE v_verdict IS NULL
        AND cardinality(v_order) < coalesce(v_most, cardinality(v_open))
        AND cardinality(v_order) < cardinality(v_open)
        AND v_skipped < cardinality(v_keys) LOOP
    v_turn := v_turn % cardinality(v_keys) + 1;
    IF v_free[v_turn] > 0 THEN
      v_order := v_order || v_turn;
      v_skipped := 0;
      FOR i IN 1 .. cardinality(v_keys) LOOP
        IF v_accounts[i] = v_accounts[v_turn] THEN
          v_free[i] := v_free[i] - 1;
        END IF;
      END LOOP;
    ELSE
      v_skipped := v_skipped + 1;
    END IF;
  END LOOP;

  IF cardinality(v_order) > 0 THEN
    RETURN QUERY
    WITH dealt AS MATERIALIZED (
      SELECT v_open[n] AS position, p_jobs[v_open[n]] AS id, p_tokens[v_open[n]] AS token,
             v_keys[v_order[n]] AS key, v_accounts[v_order[n]] AS account,
             nullif(p_photos[v_open[n]], '') AS photo, p_photo_ages_ms[v_open[n]] AS photo_age_ms
        FROM generate_subscripts(v_order, 1) AS n
    ), announced AS (
      UPDATE jobs j
         SET intent_token = d.token, intent_at = now(), model = v_model, provider = v_provider,
             kie_api_key = d.key, stranded_since = NULL,
             rescues = CASE WHEN j.intent_token IS NULL THEN 0 ELSE j.rescues END,
             blamed = CASE WHEN j.intent_token IS NULL THEN 0 ELSE j.blamed END, updated_at = now()
        FROM dealt d WHERE j.id = ANY (ARRAY[d.id])
      RETURNING d.*, j.attempts, j.claim
    ), remembered AS (
      INSERT INTO job_tasks (token, job_id, attempt, kie_account, kie_api_key, model, claim, photo,
                             photo_at, provider)
      SELECT a.token, a.id, a.attempts, a.account, a.key, v_model, a.claim, a.photo,
             now() - a.photo_age_ms * interval '1 ms', v_provider
        FROM announced a
    ), used AS (
      INSERT INTO kie_keys AS k (fingerprint, creations, last_used_at)
      SELECT a.key, count(*), clock_timestamp() + max(a.position) * interval '1 us'
        FROM announced a GROUP BY a.key ORDER BY a.key
      ON CONFLICT (fingerprint) DO UPDATE
        SET creations = k.creations + EXCLUDED.creations, last_used_at = EXCLUDED.last_used_at
    )
    SELECT a.position, 'granted', a.key, v_model, 0::bigint, v_provider FROM announced a;
    PERFORM take_slots(t.account, t.taken)
       FROM (SELECT v_accounts[n] AS account, count(*)::int AS taken
               FROM unnest(v_order) AS n GROUP BY 1 ORDER BY 1) t;
  END IF;
  IF cardinality(v_order) = cardinality(v_open) THEN
    RETURN;
  END IF;

  IF v_verdict IS NULL THEN
    SELECT min(s.started_at) + interval '10250 ms' INTO v_slot_free_at FROM kie_slots s
     WHERE s.account = ANY (v_accounts) AND s.taken > 0
       AND s.started_at > clock_timestamp() - interval '10250 ms';
    v_verdict := 'wait';
    v_until := v_slot_free_at;
  END IF;
  RETURN QUERY
  SELECT o.position, v_verdict, NULL::text, NULL::text,
         greatest(50, least(86400000, coalesce(
           milliseconds_between(clock_timestamp(), v_until) + 1, 1000))), NULL::text
    FROM unnest(v_open[cardinality(v_order) + 1:]) AS o(position);
END $$;
