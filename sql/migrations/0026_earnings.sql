-- What videos cost and what their credits brought, in US$. Each completion adds one row of
-- `earnings` per model, which waits for nobody; retention adds these rows to the sums of their day.
-- So the sums are exact, and read without looking at a job, however many there are.
ALTER TABLE jobs ADD COLUMN cost numeric; -- of all its videos, the late ones too; NULL: nobody said

CREATE TABLE earnings (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day      date NOT NULL,              -- of UTC
  model    text NOT NULL,
  clips    int NOT NULL DEFAULT 0,     -- videos that were ordered and made
  late     int NOT NULL DEFAULT 0,     -- that came after their job had gone on: they earn nothing
  unpriced int NOT NULL DEFAULT 0,     -- of both, those whose cost nobody said
  cost     numeric NOT NULL DEFAULT 0,
  income   numeric NOT NULL DEFAULT 0
);

CREATE TABLE earnings_by_day (
  day      date,
  model    text,
  clips    bigint NOT NULL,
  late     bigint NOT NULL,
  unpriced bigint NOT NULL,
  cost     numeric NOT NULL,
  income   numeric NOT NULL,
  PRIMARY KEY (day, model)
);

-- Their arguments change.
DROP FUNCTION IF EXISTS complete_jobs(uuid[], uuid[], text[], bigint[], int[], int[], bigint[]);
DROP FUNCTION IF EXISTS give_video(text, text, bigint);
