-- What operators did, whichever way: who, which verb of the command line, on which target, and why.
-- A row is written in the transaction of its action.
CREATE TABLE operator_actions (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL DEFAULT now(),
  operator text NOT NULL,
  verb     text NOT NULL,             -- 'queue pause'
  target   text NOT NULL DEFAULT '',  -- ID, fingerprint, model, node; '': the verb needs none
  reason   text NOT NULL,
  details  jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT an_action_names_its_operator_and_reason
    CHECK (operator ~ '\S' AND verb ~ '\S' AND reason ~ '\S')
);
CREATE INDEX operator_actions_by_target ON operator_actions (target, id);

-- What operators have paused, until they resume it or it ends by itself. Whoever claims a job or
-- announces a creation reads it in the same statement: no node needs to be told.
CREATE TABLE pauses (
  subject  text NOT NULL,
  name     text NOT NULL DEFAULT '', -- fingerprint of the key, model, node; '' for the queue
  since    timestamptz NOT NULL DEFAULT now(),
  ends_at  timestamptz NOT NULL DEFAULT 'infinity',
  operator text NOT NULL,
  reason   text NOT NULL,
  PRIMARY KEY (subject, name),
  CONSTRAINT subject_is_known CHECK (subject IN ('queue', 'key', 'model', 'node')),
  CONSTRAINT only_the_queue_has_no_name CHECK ((name = '') = (subject = 'queue'))
);
