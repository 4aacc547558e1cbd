-- What a program relies on in the schema `public`, written down in the schema :shape.
CREATE SCHEMA :shape;
SET search_path = :shape, pg_catalog;

CREATE TABLE tables AS
  SELECT oid, relname AS name FROM pg_class
   WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S');

CREATE TABLE columns AS
  SELECT t.name AS of_table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
         a.attnotnull AND d.oid IS NULL AND a.attidentity = '' AS must_be_given
    FROM tables t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum;

-- Whatever may refuse a row: rules of a table, unique indexes, triggers.
CREATE TABLE rules AS
  SELECT t.name AS of_table, o.name AS refers_to, 'rule ' || c.conname AS name,
         pg_get_constraintdef(c.oid) AS text
    FROM pg_constraint c
    JOIN tables t ON t.oid = c.conrelid
    LEFT JOIN tables o ON o.oid = c.confrelid
  UNION ALL
  SELECT t.name, NULL, 'unique index ' || n.relname, pg_get_indexdef(n.oid)
    FROM pg_index i
    JOIN pg_class n ON n.oid = i.indexrelid
    JOIN tables t ON t.oid = i.indrelid
   WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
  UNION ALL
  SELECT t.name, NULL, 'trigger ' || g.tgname, pg_get_triggerdef(g.oid)
    FROM pg_trigger g
    JOIN tables t ON t.oid = g.tgrelid
   WHERE NOT g.tgisinternal;

-- Functions with the arguments they take, those that may be left out, and the columns they answer.
CREATE TABLE functions AS
  SELECT p.oid, p.proname AS name, format_type(p.prorettype, NULL) AS answers,
         p.pronargs - p.pronargdefaults AS must_be_given
    FROM pg_proc p
   WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f';

CREATE TABLE arguments AS
  SELECT f.oid, a.name, format_type(a.type, NULL) AS type, a.mode IN ('o', 't') AS answered,
         row_number() OVER (PARTITION BY f.oid, a.mode IN ('o', 't') ORDER BY a.place) AS place
    FROM functions f
    JOIN pg_proc p ON p.oid = f.oid
   CROSS JOIN LATERAL unnest(
           p.proargnames, coalesce(p.proallargtypes, p.proargtypes::oid[]),
           coalesce(p.proargmodes, array_fill('i'::"char", ARRAY[p.pronargs::int])))
         WITH ORDINALITY AS a(name, type, mode, place)
   WHERE a.type IS NOT NULL;
