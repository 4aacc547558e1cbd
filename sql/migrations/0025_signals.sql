-- Failures are told by what is recognised of a provider's words; the words themselves only to who
-- asks for texts. Arguments of these change; programs of the version before call them by names that
-- stay.
DROP FUNCTION IF EXISTS errors_page(interval);
DROP FUNCTION IF EXISTS jobs_page(jsonb, uuid, int);
