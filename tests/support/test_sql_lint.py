"""The lint of the questions' SQL: each rule is broken by a query, and what is in the subset passes."""

from __future__ import annotations

import pytest

from tests.support.sql_lint import RULES, lint

COLUMNS = {"install", "day", "profile", "last", "buildbot", "names", "counts", "depths", "db"}

CLEAN = """
SELECT version, count() AS installations
FROM (SELECT install, state AS profile
      FROM (SELECT install, argMax(profile, (last, profile)) AS state
            FROM sightings
            WHERE day >= toDate($since) AND day <= toDate($until)
            GROUP BY install))
JOIN (SELECT DISTINCT profile, buildbot AS version FROM profiles WHERE buildbot > 0) USING (profile)
GROUP BY version
ORDER BY installations DESC, version DESC
"""

PLUGINS = """
-- A comment may say: WITH, EXISTS, a - b, LEFT JOIN.
SELECT plugin, sum(weight * times) AS instances, max(derived) AS customized
FROM (SELECT weight, names[i + 1] AS plugin, counts[i + 1] AS times,
             CASE WHEN depths[i + 1] > 0 OR names[i + 1] = 'a-b -> with' THEN 1 ELSE -1 END AS derived
      FROM (SELECT weight, names, counts, depths, arrayJoin(range(length(names))) AS i
            FROM (SELECT profile, count() AS weight FROM sightings GROUP BY profile) AS seen
            JOIN (SELECT DISTINCT profile, names, counts, depths FROM profiles) AS described USING (profile)))
WHERE plugin IN (SELECT name FROM (SELECT arrayJoin(names) AS name FROM profiles) GROUP BY name HAVING count() > 1)
GROUP BY plugin
UNION ALL
SELECT 'all' AS plugin, count() AS instances, 0 AS customized FROM profiles GROUP BY plugin ORDER BY plugin DESC
"""

RIGHT = "(SELECT DISTINCT profile, db FROM profiles)"
LEFT = "(SELECT profile FROM sightings)"

BROKEN = [
    ("with", f"WITH x AS {LEFT} SELECT profile FROM x"),
    ("window", "SELECT day, sum(last) OVER (PARTITION BY day) AS s FROM sightings GROUP BY day"),
    ("low-cardinality", "SELECT CAST(db AS LowCardinality(String)) AS d FROM profiles"),
    ("map", "SELECT mapKeys(db) AS k FROM profiles"),
    ("map", "SELECT map('a', 1) AS k FROM profiles"),
    ("json", "SELECT JSONExtractString(db, 'a') AS k FROM profiles"),
    ("json", "SELECT visitParamExtractInt(db, 'a') AS k FROM profiles"),
    ("datetime64", "SELECT toDateTime64(last, 3) AS t FROM sightings"),
    ("date-trunc", "SELECT date_trunc('month', day) AS m FROM sightings"),
    ("to-yyyymm", "SELECT toYYYYMM(day) AS m FROM sightings"),
    ("int-div", "SELECT intDiv(last, 60) AS m FROM sightings"),
    ("bitmap", "SELECT day AS d, groupBitmap(install) AS n FROM sightings GROUP BY d"),
    ("exists", f"SELECT day FROM sightings WHERE EXISTS {RIGHT}"),
    ("not-parsed", "SELECT profile, any(names) AS n FROM profiles GROUP BY profile"),
    ("ordinals", "SELECT day, count() AS n FROM sightings GROUP BY 1"),
    ("ordinals", "SELECT day, count() AS n FROM sightings GROUP BY day ORDER BY day, 2 DESC"),
    ("using", f"SELECT db FROM {LEFT} AS l JOIN {RIGHT} AS r ON l.profile = r.profile"),
    ("using", f"SELECT db FROM {LEFT}, {RIGHT}"),
    ("outer-join", f"SELECT db FROM {LEFT} LEFT JOIN {RIGHT} USING (profile)"),
    ("outer-join", f"SELECT db FROM {LEFT} FULL OUTER JOIN {RIGHT} USING (profile)"),
    ("lambda", "SELECT arrayMap(x -> x + 1, counts) AS c FROM profiles"),
    ("quantile", "SELECT day, quantile(0.5)(last) AS q FROM sightings GROUP BY day"),
    ("quantile", "SELECT day, quantileExact(last) AS q FROM sightings GROUP BY day"),
    ("median", "SELECT day, median(last) AS q FROM sightings GROUP BY day"),
    ("approximate", "SELECT day, uniq(install) AS n FROM sightings GROUP BY day"),
    ("approximate", "SELECT day, approx_count_distinct(install) AS n FROM sightings GROUP BY day"),
    ("alias-is-column", "SELECT toStartOfMonth(day) AS day FROM sightings WHERE day >= toDate($since)"),
    ("alias-is-column", "SELECT state AS profile FROM (SELECT profile, install AS state FROM sightings)"),
    ("alias-is-column", "SELECT toStartOfMonth(day) AS day FROM (SELECT * FROM sightings)"),
    ("alias-is-column", 'SELECT toStartOfMonth(day) AS "day" FROM sightings'),
    ("no-as", "SELECT toStartOfMonth(day) m FROM sightings"),
    ("tie", "SELECT install, argMax(profile, day) AS p FROM sightings GROUP BY install"),
    ("bare-table", f"SELECT db FROM sightings JOIN {RIGHT} USING (profile)"),
    ("bare-table", f"SELECT db FROM {LEFT} JOIN profiles USING (profile)"),
    ("one-join", f"SELECT db FROM {LEFT} JOIN {RIGHT} USING (profile) JOIN {RIGHT} USING (db)"),
    ("one-arrayjoin", "SELECT arrayJoin(names) AS n, arrayJoin(counts) AS c FROM profiles"),
    ("arrayjoin-filter", "SELECT profile FROM profiles WHERE arrayJoin(names) = 'x'"),
    ("join-repeats", f"SELECT db FROM {LEFT} JOIN (SELECT profile, db FROM profiles) USING (profile)"),
    (
        "join-repeats",
        f"SELECT db FROM {LEFT} JOIN (SELECT DISTINCT db FROM p UNION ALL SELECT DISTINCT db FROM p) USING (db)",
    ),
    ("ungrouped", "SELECT max(last) AS m FROM sightings"),
    ("ungrouped", f"SELECT db FROM {RIGHT} WHERE profile IN (SELECT min(profile) AS p FROM sightings)"),
    ("subtraction", "SELECT last - 1 AS m FROM sightings"),
    ("subtraction", "SELECT counts[1] -counts[2] AS m FROM profiles"),
    ("subtraction", "SELECT length(names) - length(counts) AS m FROM profiles"),
    ("reserved", "SELECT last AS at FROM sightings"),
    ("reserved", "SELECT CASE WHEN last > 1 THEN 1 ELSE 0 END AS end FROM sightings"),
    ("range-from", "SELECT arrayJoin(range(1, length(names))) AS i FROM profiles"),
    ("percent", "SELECT db FROM profiles WHERE db LIKE 'a%'"),
    ("percent", "SELECT modulo(last, 2) AS m FROM sightings -- 50% of them\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sql"), BROKEN)
def test_a_query_that_breaks_a_rule_is_found(name: str, sql: str) -> None:
    """By that rule and no other, and on its line; a window's and a map's cost may be told by more than one."""
    messages = lint("\n\n" + sql, COLUMNS)
    assert {message.split(": ")[1] for message in messages} == {name}
    assert all(message.startswith("line 3: ") for message in messages)


def test_every_rule_has_a_query_that_breaks_it() -> None:
    """No rule is there that was never seen to find anything."""
    assert {name for name, _ in BROKEN} == {rule.name for rule in RULES}
    assert len(RULES) == len({rule.name for rule in RULES})


@pytest.mark.parametrize("sql", [CLEAN, PLUGINS], ids=["versions", "plugins"])
def test_what_is_in_the_subset_passes(sql: str) -> None:
    """Comments, literals, a CASE's END and a sign are no offence."""
    assert lint(sql, COLUMNS) == []


def test_every_problem_is_told_with_its_line() -> None:
    """In the order of the lines."""
    sql = "SELECT uniq(install) AS n\nFROM sightings\nWHERE last - 1 > 0\nAND day LIKE 'a%'"
    assert [message.split(": ")[:2] for message in lint(sql)] == [
        ["line 1", "approximate"],
        ["line 3", "subtraction"],
        ["line 4", "percent"],
    ]


@pytest.mark.parametrize("sql", ["SELECT (a FROM b", "SELECT a FROM (SELECT b", "SELECT a)\n FROM b"])
def test_brackets_that_do_not_match_are_a_problem(sql: str) -> None:
    """It is told, and nothing else can be."""
    assert len(lint(sql)) == 1
    assert "bracket" in lint(sql)[0]
