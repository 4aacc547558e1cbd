-- What users do with their orders afterwards. Arguments or results of these change; programs of the
-- version before call them by names that stay.
DROP FUNCTION IF EXISTS job_summaries(bigint[], int[], uuid[]);
DROP FUNCTION IF EXISTS decide_orders(boolean[], bigint[], int[], uuid[], int[], text[]);
DROP FUNCTION IF EXISTS apply_steps(
  bigint[], bigint[], bigint[], text[], text[], text[], text[], jsonb[], boolean[],
  int[], text[], int[], int[], text[], int[], text[], int[], text[],
  int[], uuid[], int[], text[], text[], jsonb[], text[], jsonb[],
  int[], text[], text[], text[], jsonb[], int[], int[], text[], jsonb[], bigint[]);
