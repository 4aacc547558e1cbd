-- Invented rows in the schema of the superseded bot, for tests of an import. Loads into an empty
-- PostgreSQL 15 database: psql -v ON_ERROR_STOP=1 -1 -f sample.sql (plain SQL, no
-- psql commands).
-- Nothing here is copied and nobody here exists.
--
--   part 1  generation B (HEAD): tables with the constraints that matter, rows those constraints
-- allow
--   part 2  generation B after hands have been at it: constraints gone, rows they forbade
--   part 3  generation A (before 2026-01-24) in a schema of its own, times without zone
-- Times are relative to the load, so that "five minutes ago" stays true.

-- ── part 1 ───────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE public.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tg_user_id bigint NOT NULL, username text,
    first_name text,
  last_name text, credits int DEFAULT 0, created_at timestamptz DEFAULT now(), updated_at
    timestamptz DEFAULT now(),
  CONSTRAINT users_tg_user_id_key UNIQUE (tg_user_id));
CREATE TABLE public.jobs (
  id text PRIMARY KEY, tg_user_id bigint NOT NULL, user_id uuid, product_name text NOT NULL,
    product_image_url text,
  product_text text, extra_wishes text, idempotency_key text, prompt text, kie_task_id text,
    kie_api_key text,
  status text DEFAULT 'queued', progress int DEFAULT 0, video_url text, video_file_id text, error
    text,
  error_details jsonb, attempts int DEFAULT 0, credits_deducted int DEFAULT 1, created_at
    timestamptz DEFAULT now(),
  started_at timestamptz, finished_at timestamptz, updated_at timestamptz DEFAULT now(),
  CONSTRAINT jobs_idempotency_key_key UNIQUE (idempotency_key),
  CONSTRAINT jobs_status_check CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
  CONSTRAINT jobs_tg_user_id_fkey FOREIGN KEY (tg_user_id) REFERENCES public.users (tg_user_id) ON
    DELETE CASCADE,
  CONSTRAINT jobs_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE
    CASCADE);
CREATE TABLE public.credits_history (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tg_user_id bigint NOT NULL, user_id uuid, amount
    int NOT NULL,
  operation_type text NOT NULL, job_id text, description text, metadata jsonb, created_at
    timestamptz DEFAULT now(),
  CONSTRAINT credits_history_operation_type_check
    CHECK (operation_type IN ('purchase', 'usage', 'refund', 'bonus', 'expired')),
  CONSTRAINT credits_history_tg_user_id_fkey FOREIGN KEY (tg_user_id) REFERENCES public.users
    (tg_user_id) ON DELETE CASCADE,
  CONSTRAINT credits_history_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON
    DELETE CASCADE,
  CONSTRAINT credits_history_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs (id) ON DELETE
    SET NULL);
CREATE TABLE public.pricing_plans (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL UNIQUE, name_ru text NOT NULL,
  credits_amount int NOT NULL, price_rub numeric(10,2) NOT NULL, price_usd numeric(10,2),
    bonus_credits int DEFAULT 0,
  is_active boolean DEFAULT true, created_at timestamptz DEFAULT now(), updated_at timestamptz
    DEFAULT now());
CREATE TABLE public.payments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL, tg_user_id bigint NOT NULL,
    plan_id uuid,
  amount_rub numeric(10,2), amount_usd numeric(10,2), currency text DEFAULT 'RUB',
    credits_purchased int NOT NULL,
  status text DEFAULT 'pending', payment_provider text, payment_id text, payment_url text, metadata
    jsonb,
  error_message text, created_at timestamptz DEFAULT now(), completed_at timestamptz, refunded_at
    timestamptz,
  CONSTRAINT payments_currency_check CHECK (currency IN ('RUB', 'USD')),
  CONSTRAINT payments_status_check CHECK (status IN ('pending', 'completed', 'failed', 'refunded')),
  CONSTRAINT payments_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE
    CASCADE,
  CONSTRAINT payments_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.pricing_plans (id));

INSERT INTO public.users (id, tg_user_id, username, first_name, credits, created_at, updated_at)
  VALUES
  ('a0000000-0000-4000-8000-000000000001', 900000001, 'sample_one', NULL, 3, now() - interval
    '200 days', now() - interval '2 days'),
  -- never ordered
  ('a0000000-0000-4000-8000-000000000002', 900000002, NULL, NULL, 2, now() - interval '100 days',
    now() - interval '100 days'),
  ('a0000000-0000-4000-8000-000000000003', 900000003, 'Sample_Three', 'Ёжик 🦔 <b>&', 7, now() -
    interval '90 days', now()),
  -- no balance at all
  ('a0000000-0000-4000-8000-000000000004', 900000004, 'sample_four', NULL, NULL, now() - interval
    '80 days', now()),
  -- below zero
  ('a0000000-0000-4000-8000-000000000005', 900000005, 'sample_five', NULL, -3, now() - interval
    '70 days', now()),
  -- inflated by the cron script
  ('a0000000-0000-4000-8000-000000000006', 900000006, 'sample_six', NULL, 42, now() - interval
    '60 days', now()),
  -- beyond 32 bits, no times
  ('a0000000-0000-4000-8000-000000000007', 7000000007, '', NULL, 1, NULL, NULL);

-- error_details holds the order's metadata, not an error. product_text: JSON with escapes, or
-- plain words (older).
INSERT INTO public.jobs (id, tg_user_id, user_id, product_name, product_image_url, product_text,
  extra_wishes, idempotency_key,
  prompt, kie_task_id, status, video_url, video_file_id, error, error_details, attempts,
    created_at, started_at, finished_at) VALUES
  ('b0000000-0000-4000-8000-000000000001', 900000001, 'a0000000-0000-4000-8000-000000000001',
    'чайник ☕', '900000001/0123456789abcdef0123456789abcdef.jpg',
   '{"text": "\u0447\u0430\u0439\u043d\u0438\u043a \u2615", "user_prompt": null}', 'тёплый свет',
     '4000000000000000001_0', '{"text": "\u0447"}', 'task-0001', 'completed',
   'https://files.example/1.mp4', 'BAACAgSAMPLE0001', NULL,
     '{"template_id": "ugc", "kind": "reels", "user_prompt": null}', 1,
   now() - interval '3 days', now() - interval '3 days' + interval '2 s', now() - interval '3 days'
     + interval '6 min'),
  ('b0000000-0000-4000-8000-000000000002', 900000001, 'a0000000-0000-4000-8000-000000000001',
    'plain words, no JSON', '900000001/11111111111111111111111111111111.jpg',
   'plain words, no JSON', NULL, '4000000000000000002_0', 'plain', 'task-0002', 'completed',
     'https://files.example/2.mp4', '', NULL,
   '{"template_id": "ad", "kind": "reels", "user_prompt": ""}', 2, now() - interval '120 days',
     now() - interval '120 days' + interval '1 min', now() - interval '120 days' + interval
       '9 min'),
  ('b0000000-0000-4000-8000-000000000003', 900000003, 'a0000000-0000-4000-8000-000000000003',
    'Ёжик 🦔', '/inputs/900000003/22222222222222222222222222222222.jpg',
   '{"text": "Ёжик 🦔", "user_prompt": "A hedgehog \ud83e\udd94 waves"}', NULL,
     '4000000000000000003_0', NULL, 'task-0003', 'completed', 'https://files.example/big.mp4',
       NULL, NULL,
   '{"template_id": "self", "kind": "reels", "user_prompt": "A hedgehog waves"}', 1, now() -
     interval '10 days', now() - interval '10 days', now() - interval '10 days' + interval
       '20 min'),
  ('b0000000-0000-4000-8000-000000000004', 900000003, 'a0000000-0000-4000-8000-000000000003',
    'крем', '900000003/33333333333333333333333333333333.jpg', '{"text": "крем"}', '-',
   '4000000000000000004_0', NULL, 'task-0004', 'failed', NULL, NULL, 'content violates guidelines',
     '{"template_id": "ugc", "kind": "reels"}', 1,
   now() - interval '8 days', now() - interval '8 days', now() - interval '8 days' + interval
     '1 min'),
  ('b0000000-0000-4000-8000-000000000005', 900000006, 'a0000000-0000-4000-8000-000000000006',
    'лампа', '900000006/44444444444444444444444444444444.jpg', '{"text": "лампа"}', NULL,
   '4000000000000000005_0', NULL, NULL, 'failed', NULL, NULL,
     'Worker timeout - job stuck for >2 hours', '{"template_id": "ugc"}', 0,
   -- by the cron script, never started
   now() - interval '40 days', NULL, now() - interval '40 days' + interval '2 h'),
  ('b0000000-0000-4000-8000-000000000006', 900000003, 'a0000000-0000-4000-8000-000000000003',
    'свеча', '900000003/55555555555555555555555555555555.jpg', '{"text": "свеча"}', NULL,
   '4000000000000000006_0', NULL, NULL, 'queued', NULL, NULL, NULL,
     '{"template_id": "ad", "kind": "reels", "user_prompt": null}', 0, now() - interval '4 min',
       NULL, NULL),
  ('b0000000-0000-4000-8000-000000000007', 900000003, 'a0000000-0000-4000-8000-000000000003',
    'свеча', '900000003/55555555555555555555555555555555.jpg', '{"text": "свеча"}', NULL,
   -- a retry: the task is dead
   '4000000000000000006_1', NULL, 'task-0007-failed', 'queued', NULL, NULL, NULL,
     '{"template_id": "ad", "kind": "reels"}', 1, now() - interval '15 min', now() - interval
       '12 min', NULL),
  ('b0000000-0000-4000-8000-000000000008', 900000006, 'a0000000-0000-4000-8000-000000000006',
    'reels', '900000006/66666666666666666666666666666666.jpg', '{"text": "между двумя шагами"}',
      NULL,
   -- created, metadata not yet written
   '4000000000000000007_0', '{"text": "между двумя шагами"}', NULL, 'queued', NULL, NULL, NULL,
     NULL, 0, now() - interval '1 min', NULL, NULL),
  ('b0000000-0000-4000-8000-000000000009', 900000001, 'a0000000-0000-4000-8000-000000000001',
    'сумка', '900000001/77777777777777777777777777777777.jpg', '{"text": "сумка"}', NULL,
   -- alive at KIE
   '4000000000000000008_0', NULL, 'task-0009', 'processing', NULL, NULL, NULL,
     '{"template_id": "ugc", "kind": "reels"}', 1, now() - interval '6 min', now() - interval
       '5 min', NULL),
  ('b0000000-0000-4000-8000-000000000010', 900000005, 'a0000000-0000-4000-8000-000000000005',
    'ваза', '900000005/88888888888888888888888888888888.jpg', '{"text": "ваза"}', NULL,
   -- stranded long ago
   '4000000000000000009_0', NULL, 'task-0010', 'processing', NULL, NULL, NULL,
     '{"template_id": "ugc", "kind": "reels"}', 2, now() - interval '3 days', now() - interval
       '3 days', NULL),
  ('b0000000-0000-4000-8000-000000000011', 7000000007, 'a0000000-0000-4000-8000-000000000007',
    'мяч', '7000000007/99999999999999999999999999999999.jpg', '{"text": "мяч"}', NULL,
   -- no task yet
   '4000000000000000010_0', NULL, NULL, 'processing', NULL, NULL, NULL,
     '{"template_id": "ugc", "kind": "reels"}', 1, now() - interval '3 min', now() - interval
       '2 min', NULL),
  ('b0000000-0000-4000-8000-000000000012', 900000004, 'a0000000-0000-4000-8000-000000000004',
    'стол', NULL, '{стол', NULL,
   -- no photo, no task, text that only looks like JSON
   '4000000000000000011_0', NULL, NULL, 'processing', NULL, NULL, NULL,
     '{"template_id": "ugc", "kind": "reels"}', 1, now() - interval '5 days', now() - interval
       '5 days', NULL),
  ('b0000000-0000-4000-8000-000000000013', 900000006, 'a0000000-0000-4000-8000-000000000006',
    repeat('ф', 200), '900000006/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jpg',
   '{"text": "' || repeat('очень длинно 🧵 ', 4000) || '"}', repeat('w', 9000),
     '4000000000000000012_0', repeat('p', 70000), 'task-0013', 'failed', NULL, NULL, repeat('e',
       5000),
   -- huge, template of old
   '{"template_id": "creative", "kind": "reels"}', 3, now() - interval '20 days', now() - interval
     '20 days', now() - interval '20 days' + interval '30 min'),
  ('b0000000-0000-4000-8000-000000000014', 900000001, NULL, 'часы',
    '900000001/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.jpg', '{"text": "часы"}', NULL, NULL, NULL,
      'task-0014', 'completed',
   -- times reversed, JSON in JSON
   'https://files.example/14.mp4', 'BAACAgSAMPLE0014', NULL, '"{\"template_id\": \"ad\"}"', 1,
     now() - interval '30 days', now() - interval '31 days', now() - interval '32 days'),
  -- hardly anything known
  ('legacy-15', 900000003, NULL, 'ключ',
    'inputs/inputs/900000003/cccccccccccccccccccccccccccccccc.jpg', '', '', NULL, NULL, NULL,
      'completed', NULL, NULL, NULL, 'null', NULL, NULL, NULL, NULL),
  ('b0000000-0000-4000-8000-000000000016', 900000001, NULL, 'сумка',
    '900000001/77777777777777777777777777777777.jpg', '{"text": "сумка"}', NULL,
      '4000000000000000008_1', NULL,
   -- status NULL passes the CHECK; task of another job
   'task-0009', NULL, NULL, NULL, NULL, '[]', 1, now() - interval '6 min', now() - interval
     '5 min', NULL);

INSERT INTO public.credits_history (tg_user_id, user_id, amount, operation_type, job_id,
  description, created_at) VALUES
  -- as refund_credit() writes it
  (900000003, NULL, 1, 'refund', NULL, 'refund', now() - interval '8 days'),
  -- the double refund
  (900000003, NULL, 1, 'refund', NULL, 'refund', now() - interval '8 days'),
  (900000003, 'a0000000-0000-4000-8000-000000000003', 10, 'bonus', NULL, 'by hand 🎁', now() -
    interval '9 days'),
  -- no code writes these
  (900000006, NULL, -1, 'usage', 'b0000000-0000-4000-8000-000000000005', NULL, now() - interval
    '40 days'),
  (900000001, NULL, 5, 'purchase', NULL, 'payment', now() - interval '50 days'),
  (900000002, NULL, 0, 'expired', NULL, NULL, NULL);
INSERT INTO public.pricing_plans (id, name, name_ru, credits_amount, price_rub) VALUES
  ('c0000000-0000-4000-8000-000000000001', 'tokens_5', '5 токенов', 5, 390),
  ('c0000000-0000-4000-8000-000000000002', 'starter', 'Стартер', 5, 199);
INSERT INTO public.payments (user_id, tg_user_id, plan_id, amount_rub, currency, credits_purchased,
  status, payment_provider, payment_id, metadata, created_at, completed_at) VALUES
  ('a0000000-0000-4000-8000-000000000001', 900000001, 'c0000000-0000-4000-8000-000000000001',
    390.00, 'RUB', 5, 'completed', 'yookassa', 'pay-1', '{"user_id": "900000001"}', now() -
      interval '50 days', now() - interval '50 days'),
  ('a0000000-0000-4000-8000-000000000002', 900000002, NULL, NULL, NULL, 10, 'pending', 'yookassa',
    NULL, NULL, now() - interval '1 day', NULL),
  ('a0000000-0000-4000-8000-000000000003', 900000003, NULL, 690.00, 'RUB', 10, 'refunded',
    'yookassa', 'pay-3', NULL, now() - interval '30 days', now() - interval '30 days');

-- ── part 2 ───────────────────────────────────────────────────────────────────────────────────────
ALTER TABLE public.jobs DROP CONSTRAINT jobs_status_check, DROP CONSTRAINT jobs_tg_user_id_fkey;
ALTER TABLE public.credits_history DROP CONSTRAINT credits_history_operation_type_check, DROP
  CONSTRAINT credits_history_tg_user_id_fkey;
ALTER TABLE public.users DROP CONSTRAINT users_tg_user_id_key;
INSERT INTO public.users (id, tg_user_id, username, credits, created_at) VALUES
  -- the same person twice
  ('a0000000-0000-4000-8000-000000000099', 900000001, 'sample_one_again', 4, now() - interval
    '10 days');
INSERT INTO public.jobs (id, tg_user_id, product_name, product_image_url, product_text,
  kie_task_id, status, video_url, error_details, attempts, credits_deducted, created_at,
    started_at, finished_at) VALUES
  ('b0000000-0000-4000-8000-000000000017', 900000003, 'шарф',
    '900000003/dddddddddddddddddddddddddddddddd.jpg', '{"text": "шарф"}', 'task-0017', 'done',
      'https://files.example/17.mp4',
   '{"template_id": "ugc"}', 1, 1, now() - interval '61 days', now() - interval '61 days', now() -
     interval '61 days' + interval '5 min'),
  -- status nobody knows, path that leads outside
  ('b0000000-0000-4000-8000-000000000018', 900000003, 'зонт', '../../etc/passwd',
    '{"text": "зонт"}', NULL, 'на проверке', NULL, '{"template_id": "ugc"}', 1, 3, now() - interval
      '7 days', NULL, NULL),
  ('b0000000-0000-4000-8000-000000000019', 900009999, 'чей?',
    '900009999/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.jpg', '{"text": "чей?"}', 'task-0019', 'completed',
      'https://files.example/19.mp4',
   -- nobody with this number
   '{"template_id": "ugc"}', 1, 1, now() - interval '5 days', now() - interval '5 days', now() -
     interval '5 days' + interval '5 min'),
  -- an escape that jsonb refuses
  ('b0000000-0000-4000-8000-000000000020', 900009999, 'чей?',
    '900009999/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.jpg', '{"text": "чей\u0000?"}', NULL, 'queued',
      NULL, '{"template_id": "ugc"}', 0, 1, now() - interval '2 min', NULL, NULL);
INSERT INTO public.credits_history (tg_user_id, amount, operation_type, description) VALUES
  (900000006, 10, 'topup', 'by hand'), (900008888, 2, 'bonus', 'nobody with this number');
-- The owner's document says TIMESTAMP: columns without a zone hold UTC (the containers' zone).
ALTER TABLE public.jobs ALTER COLUMN finished_at TYPE timestamp USING finished_at AT TIME ZONE
  'UTC';

-- ── part 3 ───────────────────────────────────────────────────────────────────────────────────────
CREATE SCHEMA generation_a;
CREATE TABLE generation_a.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tg_user_id bigint NOT NULL UNIQUE, username text,
  credits int NOT NULL DEFAULT 2, created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT
    now());
CREATE TABLE generation_a.jobs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES
    generation_a.users (id) ON DELETE CASCADE,
  tg_user_id bigint, idempotency_key text UNIQUE, kind text DEFAULT 'reels', template_id text
    DEFAULT 'ugc',
  input_photo_path text NOT NULL, product_info jsonb, extra_wishes text,
  status text DEFAULT 'queued' CHECK (status IN ('queued', 'processing', 'done', 'failed')),
  kie_task_id text, output_url text, error text, attempts int DEFAULT 0, created_at timestamp
    DEFAULT now(),
  started_at timestamp, finished_at timestamp);
INSERT INTO generation_a.users (id, tg_user_id, username, credits, created_at) VALUES
  ('d0000000-0000-4000-8000-000000000001', 900000101, 'older_one', 0, '2025-12-30 23:59:59.999'),
  -- in both generations
  ('d0000000-0000-4000-8000-000000000002', 900000001, 'sample_one', 6, '2026-01-02 03:04:05');
INSERT INTO generation_a.jobs (id, user_id, tg_user_id, idempotency_key, template_id,
  input_photo_path, product_info, status, kie_task_id, output_url, error, attempts, created_at,
    started_at, finished_at) VALUES
  ('e0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001', NULL, 'k1',
    'creative', '900000101/ffffffffffffffffffffffffffffffff.jpg', '{"text": "старое"}', 'done',
      'task-a1', 'https://files.example/a1.mp4', NULL, 1, '2026-01-10 10:00:00',
        '2026-01-10 10:00:05', '2026-01-10 10:07:00'),
  ('e0000000-0000-4000-8000-000000000002', 'd0000000-0000-4000-8000-000000000001', 900000101, NULL,
    'self', '900000101/ffffffffffffffffffffffffffffffff.jpg', '"plain"', 'failed', NULL, NULL,
      'boom', 3, '2026-01-11 10:00:00', NULL, '2026-01-11 10:10:00');
