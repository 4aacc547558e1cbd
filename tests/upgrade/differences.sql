-- What the schema `after` takes away from a program that was written for the schema `before`
-- (shape.sql), a line each. :by_name and :by_place: names of functions that this program calls,
-- with named arguments or by their places.
SELECT format('%s is gone', b.name) FROM before.tables b
 WHERE NOT EXISTS (SELECT FROM after.tables a WHERE a.name = b.name)
UNION ALL
SELECT format('%s.%s is gone, or has another type than %s', b.of_table, b.name, b.type)
  FROM before.columns b
 WHERE NOT EXISTS (SELECT FROM after.columns a
                    WHERE (a.of_table, a.name, a.type) = (b.of_table, b.name, b.type))
UNION ALL
SELECT format('%s.%s must be given', a.of_table, a.name) FROM after.columns a
 WHERE a.must_be_given AND a.of_table IN (SELECT name FROM before.tables)
   AND NOT EXISTS (SELECT FROM before.columns b
                    WHERE (b.of_table, b.name, b.must_be_given) = (a.of_table, a.name, true))
UNION ALL
SELECT format('%s: %s is new, or changed', a.of_table, a.name) FROM after.rules a
 WHERE (a.of_table IN (SELECT name FROM before.tables)
        OR a.refers_to IN (SELECT name FROM before.tables))
   AND NOT EXISTS (SELECT FROM before.rules b
                    WHERE (b.of_table, b.name, b.text) = (a.of_table, a.name, a.text))
UNION ALL
-- ON CONFLICT names what is unique.
SELECT format('%s: %s is gone', b.of_table, b.name) FROM before.rules b
 WHERE b.text ~ 'UNIQUE|PRIMARY KEY'
   AND NOT EXISTS (SELECT FROM after.rules a WHERE (a.of_table, a.name) = (b.of_table, b.name))
UNION ALL
SELECT format('%s cannot be called or read as before', b.name) FROM before.functions b
 WHERE (b.name = ANY (:'by_name'::text[]) OR b.name = ANY (:'by_place'::text[]))
   AND NOT EXISTS (
     SELECT FROM after.functions a
      WHERE a.name = b.name AND a.answers = b.answers
        AND NOT EXISTS ( -- an argument or a column that it no longer has
          SELECT FROM before.arguments x
           WHERE x.oid = b.oid AND NOT EXISTS (
             SELECT FROM after.arguments y
              WHERE y.oid = a.oid
                AND (y.name, y.type, y.answered) = (x.name, x.type, x.answered)
                AND (y.place = x.place OR x.answered OR b.name <> ALL (:'by_place'::text[]))))
        AND NOT EXISTS ( -- an argument that it now wants
          SELECT FROM after.arguments y
           WHERE y.oid = a.oid AND NOT y.answered AND y.place <= a.must_be_given
             AND NOT EXISTS (SELECT FROM before.arguments x
                              WHERE x.oid = b.oid AND (x.name, x.answered) = (y.name, false))))
 ORDER BY 1;
