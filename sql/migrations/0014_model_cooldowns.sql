-- A model's cooldown doubles with every refusal in a row; the next task of the model ends the row.
ALTER TABLE kie_models ADD COLUMN refusals int NOT NULL DEFAULT 0;

-- Whose tasks said within the last 10 minutes that a model is down. One user alone may have written it.
CREATE TABLE kie_model_reports (
  model       text NOT NULL,
  tg_user_id  bigint NOT NULL,
  reported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (model, tg_user_id)
);
DROP FUNCTION IF EXISTS rest_models; -- its arguments change
