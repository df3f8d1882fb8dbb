"""The subset of SQL that gives the same answer on every engine, held by rules: each from a query that differed or failed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from tests.support.sql_tokens import Select, Token, selects, split, tokens

_AGGREGATES = frozenset({
    "COUNT", "COUNTIF", "SUM", "SUMIF", "MIN", "MAX", "AVG", "ARGMIN", "ARGMAX", "UNIQEXACT", "GROUPARRAY",
    "GROUPUNIQARRAY", "GROUPBITOR", "ANY", "ANYLAST",
})  # fmt: skip
# After these words a minus is a sign; after any other it subtracts.
_NO_OPERANDS = frozenset({
    "SELECT", "DISTINCT", "WHERE", "AND", "OR", "NOT", "BY", "HAVING", "LIMIT", "CASE", "WHEN", "THEN", "ELSE",
    "IN", "LIKE", "BETWEEN", "AS",
})  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """What a rule looks at: the text, its tokens, all its SELECTs, and the columns of the tables."""

    sql: str
    tokens: list[Token]
    selects: list[Select]
    columns: Collection[str]


@dataclass(frozen=True)
class Rule:
    """A rule: its name, why it is and what to do instead, and the lines of a statement that break it."""

    name: str
    why: str
    check: Callable[[Statement], Iterable[int]]


def lint(sql: str, columns: Collection[str] = ()) -> list[str]:
    """What in a statement leaves the subset: a message for each rule and line, in the order of the lines.

    ``columns``: the names of the columns of the tables, which no alias may take.
    """
    try:
        parts = selects(sql)
    except ValueError as error:
        return [str(error)]
    statement = Statement(sql, tokens(sql), [each for part in parts for each in part.walk()], columns)
    found = {(line, rule.name, rule.why) for rule in RULES for line in rule.check(statement)}
    return [f"line {line}: {name}: {why}" for line, name, why in sorted(found)]


def _words(*words: str) -> Callable[[Statement], Iterable[int]]:
    """Breaks where one of the words stands; ``x*`` is any word that begins so, ``x(`` a call."""
    named = frozenset(word.upper() for word in words if not word.endswith(("*", "(")))
    begun = tuple(word[:-1].upper() for word in words if word.endswith("*"))
    called = frozenset(word[:-1].upper() for word in words if word.endswith("(") and "*" not in word)
    calls_begun = tuple(word[:-2].upper() for word in words if word.endswith("*("))

    def check(statement: Statement) -> Iterator[int]:
        for token, after in _pairs(statement.tokens):
            if token.kind == "word":
                word = token.upper
                call = after == "(" and (word in called or word.startswith(calls_begun))
                if call or word in named or word.startswith(begun):
                    yield token.line

    return check


def _each(check: Callable[[Select], bool]) -> Callable[[Statement], Iterable[int]]:
    """Breaks at each SELECT for which ``check`` is true."""
    return lambda statement: (select.line for select in statement.selects if check(select))


def _pairs(listed: list[Token]) -> Iterator[tuple[Token, str]]:
    """Each token, with the text of the next one."""
    return zip(listed, [*(token.text for token in listed[1:]), ""], strict=False)


def _calls(listed: list[Token], names: Collection[str]) -> int:
    return sum(token.upper in names and after == "(" for token, after in _pairs(listed))


def _marks(*texts: str) -> Callable[[Statement], Iterable[int]]:
    return lambda statement: (t.line for t in statement.tokens if t.kind == "mark" and t.text in texts)


def _ordinals(statement: Statement) -> Iterator[int]:
    for select in statement.selects:
        for item in (item for name in ("GROUP", "ORDER") for item in split(select.clause(name)[1:])):
            if item and item[0].kind == "number" and (len(item) == 1 or item[1].upper in ("ASC", "DESC")):
                yield item[0].line


def _outer(statement: Statement) -> Iterator[int]:
    kinds = ("LEFT", "RIGHT", "FULL", "CROSS", "SEMI", "ANTI", "ASOF", "NATURAL", "POSITIONAL")
    for token, after in _pairs(statement.tokens):
        if token.upper in kinds and after.upper() in ("JOIN", "OUTER", "SEMI", "ANTI", "ANY", "ALL", "ASOF"):
            yield token.line


def _without_using(select: Select) -> bool:
    return any(all(token.upper != "USING" for token in source) for source, _ in select.sources[1:])


def _bare_table(select: Select) -> bool:
    return len(select.sources) > 1 and any(source[0].text != "()" for source, _ in select.sources)


def _repeats(select: Select) -> bool:
    """True where the right side of a join may hold a row twice."""
    return any(len(parts) > 1 or not _single(parts[0]) for _, parts in select.sources[1:] if parts)


def _single(select: Select) -> bool:
    return select.clause("SELECT")[:1] != [] and (
        select.clause("SELECT")[0].upper == "DISTINCT" or bool(select.clause("GROUP"))
    )


def _array_join_filters(select: Select) -> bool:
    return any(_calls(select.clause(name), {"ARRAYJOIN"}) for name in ("WHERE", "HAVING"))


def _ungrouped(select: Select) -> bool:
    return _calls(select.clause("SELECT"), _AGGREGATES) > 0 and not select.clause("GROUP")


def _takes_column(statement: Statement) -> Iterator[int]:
    for select in statement.selects:
        hidden = all(source[0].text == "()" for source, _ in select.sources) and bool(select.sources)
        given = {name for _, parts in select.sources for part in parts for name in part.names}
        for column in select.columns:
            if len(column) < 3 or column[-2].upper != "AS":
                continue
            name = column[-1].text.strip('"`')
            if name not in statement.columns:
                continue
            itself = [token.text for token in column[:-2]] == [name]
            if not itself and not (hidden and not given & {name, "*"}):
                yield column[-1].line


def _without_as(statement: Statement) -> Iterator[int]:
    for select in statement.selects:
        for column in select.columns:
            if len(column) > 1 and column[-1].kind == "word" and column[-2].text != "." and column[-1].upper != "END":
                before = column[-2]
                if before.text in (")", "]", "()") or (before.kind != "mark" and before.upper not in _NO_OPERANDS):
                    yield column[-1].line


def _one_deciding(statement: Statement) -> Iterator[int]:
    """Calls of argMax and argMin that leave a tie open: the last argument is no tuple."""
    for place, (token, after) in enumerate(_pairs(statement.tokens)):
        if token.upper in ("ARGMAX", "ARGMIN") and after == "(":
            arguments = split(_inside(statement.tokens[place + 2 :]))
            if arguments[-1][:1] == [] or arguments[-1][0].text != "(":
                yield token.line


def _inside(listed: list[Token]) -> list[Token]:
    """The tokens up to the bracket that closes."""
    depth = 1
    for place, token in enumerate(listed):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return listed[:place]
    return listed


def _reserved(statement: Statement) -> Iterator[int]:
    for token, after in _pairs(statement.tokens):
        if token.upper == "AS" and after.upper() in ("AT", "END"):
            yield token.line


def _parametric(statement: Statement) -> Iterator[int]:
    yield from (token.line for token, after in _pairs(statement.tokens) if token.text == ")" and after == "(")
    yield from _words("quantile*")(statement)


def _two_ended(statement: Statement) -> Iterator[int]:
    """Calls of range with more than one argument."""
    for place, (token, after) in enumerate(_pairs(statement.tokens)):
        if token.upper == "RANGE" and after == "(":
            depth = 0
            for inner in statement.tokens[place + 1 :]:
                depth += (inner.text == "(") - (inner.text == ")")
                if inner.text == "," and depth == 1:
                    yield token.line
                if depth == 0:
                    break


def _subtraction(statement: Statement) -> Iterator[int]:
    before: Token | None = None
    for token in statement.tokens:
        operand = before is not None and (
            before.text in (")", "]", "()") or (before.kind != "mark" and before.upper not in _NO_OPERANDS)
        )
        if token.kind == "mark" and token.text == "-" and operand:
            yield token.line
        before = token


def _percent(statement: Statement) -> Iterator[int]:
    return (number for number, line in enumerate(statement.sql.split("\n"), 1) if "%" in line)


RULES: tuple[Rule, ...] = (
    Rule("with", "18.16 has no WITH x AS (SELECT …); write a subquery, or a fragment", _words("WITH")),
    Rule("window", "18.16 has no window functions; group in a subquery and join it", _words("OVER", "WINDOW")),
    Rule("low-cardinality", "DuckDB has no LowCardinality; use String", _words("LowCardinality")),
    Rule("map", "maps differ; keep two arrays of one length", _words("Map(", "map*(")),
    Rule("json", "JSON functions differ; make it a column when it is loaded", _words("JSON*", "visitParam*", "simpleJSON*")),
    Rule("datetime64", "18.16 has no DateTime64; use a Date, or seconds as UInt32", _words("DateTime64", "toDateTime64")),
    Rule("date-trunc", "18.16 has no date_trunc; use toStartOfMonth or toMonday", _words("date_trunc", "dateTrunc")),
    Rule("to-yyyymm", "DuckDB has no toYYYYMM; use toStartOfMonth", _words("toYYYYMM*")),
    Rule("int-div", "DuckDB has no intDiv; use floor(a / b)", _words("intDiv*")),
    Rule("bitmap", "DuckDB has no bitmaps; use uniqExact", _words("groupBitmap*")),
    Rule("exists", "18.16 has no EXISTS; use IN (SELECT …)", _words("EXISTS")),
    Rule("not-parsed", "DuckDB does not parse it as a function; for any use max or argMax", _words("any(", "position(")),
    Rule("ordinals", "18.16 takes the number for a constant; name the column", _ordinals),
    Rule("using", "18.16 joins with USING only; give the columns one name and use it", _each(_without_using)),
    Rule("outer-join", "what is missing is NULL on DuckDB and 0 on ClickHouse; use JOIN, or IN, or UNION ALL", _outer),
    Rule("lambda", "lambdas differ; use arrayJoin in a subquery", _marks("->")),
    Rule("quantile", "ClickHouse samples quantiles, and DuckDB has no f(…)(…); compute from grouped counts", _parametric),
    Rule("median", "ClickHouse samples it; compute it from grouped counts", _words("median*")),
    Rule(
        "approximate",
        "it is not exact; use uniqExact, or group, order and limit",
        _words("uniq(", "uniqCombined*", "uniqHLL12", "uniqTheta*", "uniqUpTo", "topK*", "approx_*"),
    ),
    Rule(
        "alias-is-column",
        "an alias that is a column of a table is taken for it by one engine and not by another; choose another name, and "
        "rename it in an enclosing SELECT",
        _takes_column,
    ),
    Rule("no-as", "DuckDB takes some words for its own there, and no rule sees the alias; write AS", _without_as),
    Rule("tie", "engines differ in which of two equals wins; decide by a tuple, as (last, profile)", _one_deciding),
    Rule("bare-table", "18.16 joins subqueries only; write (SELECT … FROM table) on both sides", _each(_bare_table)),
    Rule("one-join", "18.16 has one JOIN in a SELECT; nest the first one", _each(lambda s: len(s.sources) > 2)),
    Rule("one-arrayjoin", "DuckDB zips two and ClickHouse crosses them; nest the first one",
         _each(lambda s: _calls(s.own, {"ARRAYJOIN"}) > 1)),
    Rule("arrayjoin-filter", "DuckDB has none in a filter; select it in a subquery", _each(_array_join_filters)),
    Rule("join-repeats", "rows delivered twice count twice; make its right side DISTINCT or GROUP BY", _each(_repeats)),
    Rule("ungrouped", "over no rows it is 0 on ClickHouse and NULL on DuckDB; add a GROUP BY", _each(_ungrouped)),
    Rule("subtraction", "DuckDB throws below zero where columns are unsigned; add on the other side", _subtraction),
    Rule("reserved", "DuckDB takes at and end for its own words; choose another name", _reserved),
    Rule("range-from", "18.16's range has one argument; use range(n), and add to its values", _two_ended),
    Rule("percent", "the driver takes it for a place of a parameter; use modulo, or bind the text", _percent),
)  # fmt: skip
"""Every rule of the subset."""
