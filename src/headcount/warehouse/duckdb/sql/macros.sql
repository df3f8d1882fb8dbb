-- What DuckDB lacks of the subset in which the questions are written.
CREATE OR REPLACE MACRO arrayJoin(x) AS unnest(x);
CREATE OR REPLACE MACRO uniqExact(x) AS count(DISTINCT x);
CREATE OR REPLACE MACRO countIf(c) AS count(*) FILTER (WHERE c);
CREATE OR REPLACE MACRO sumIf(x, c) AS sum(x) FILTER (WHERE c);
CREATE OR REPLACE MACRO has(a, x) AS list_contains(a, x);
CREATE OR REPLACE MACRO arraySort(a) AS list_sort(a);
CREATE OR REPLACE MACRO arrayDistinct(a) AS list_distinct(a);
CREATE OR REPLACE MACRO arraySlice(a, begin_at) AS list_slice(a, begin_at, len(a));
CREATE OR REPLACE MACRO toInt64(x) AS CAST(x AS BIGINT);
CREATE OR REPLACE MACRO modulo(a, b) AS a % b;
CREATE OR REPLACE MACRO toDate(x) AS CAST(x AS DATE);
CREATE OR REPLACE MACRO toStartOfMonth(x) AS CAST(date_trunc('month', x) AS DATE);
CREATE OR REPLACE MACRO toMonday(x) AS CAST(date_trunc('week', x) AS DATE);
CREATE OR REPLACE MACRO toRelativeDayNum(x) AS date_diff('day', DATE '1970-01-01', x);
CREATE OR REPLACE MACRO addDays(x, n) AS CAST(x + CAST(n AS INTEGER) AS DATE);

-- What the loader needs beside them: two numbers as one by which pairs of them are ordered, and a moment (Unix time) as seconds
-- since a day began.
CREATE OR REPLACE MACRO inOrder(a, b) AS a::HUGEINT * 9223372036854775808 + b;
CREATE OR REPLACE MACRO secondsSince(d, moment) AS moment::BIGINT - date_diff('day', DATE '1970-01-01', d) * 86400;
