"""The words of a finding: of how many it speaks, and a part of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from headcount.contract import CUSTOM
from headcount.questions._answer import Answer
from headcount.questions._public_tables import RARE
from headcount.questions._question import Cell
from headcount.questions._short_names import classes_of_steps, short_names, short_steps

Row = Mapping[str, Cell | None]

FEW = 30
"""Of fewer installations there are counts, and no percentage, share or chart."""

SAID: Mapping[str, str] = {
    "versions.Buildbot": "their Buildbot",
    "versions.Python": "their Python",
    "versions.Twisted": "their Twisted",
    "versions.SQLAlchemy": "their SQLAlchemy",
    "workers": "the versions of their workers",
    "plugins": "their plugins",
    "www_plugins": "their plugins of the web interface",
    "configurators": "their configurators",
    "factories": "their factories",
    "variety": "how many classes of their own they have",
    "builders": "their builders",
    "platform.system": "their operating system",
    "platform.distro": "their distribution",
    "platform.machine": "their processor",
    "platform.version": "their kernel",
    "platform.python_implementation": "their kind of Python",
    "db": "their database",
    "mq": "their message queue",
    "build": "how their Buildbot was built",
    "db_driver": "their database's driver",
    "db_server": "their database server's version",
    "protocols": "their protocols",
    "hooks": "their hooks",
}
"""What an installation said that answered a field of the catalog."""


def installations(count: int, more: str = "") -> str:
    """Return a number of installations: ``1,908 alive installations``."""
    return f"{count:,} {more}{'installation' if count == 1 else 'installations'}"


def known_as(answer: Answer) -> str:
    """Return which installations the basis is of, for the place before the word: empty where `whom` tells it."""
    told = answer.basis == "seen" or answer.breakdown.scope.whom.startswith(f"{answer.basis} ")
    return "" if told else f"{answer.basis} "


def whom(answer: Answer) -> str:
    """Return what the installations of the denominator have in common, to follow the word."""
    scope = answer.breakdown.scope
    text = scope.whom
    if not text and answer.basis == "seen":
        text = f"seen from {answer.since} to {answer.until}"
    clauses = []
    if not scope.whom and scope.subject == "everyone":
        clauses.append(f"answered what `{answer.where}` asks")
    elif not scope.whom and scope.fields:
        clauses.append("said " + " and ".join(SAID.get(path, path) for path in scope.fields))
    if answer.where and (scope.filters or scope.subject == "matching"):
        clauses.append(f"match `{answer.where}`")
    joined = " and ".join(clauses)
    link = "and " if "that " in text else "that "
    return "".join(f" {each}" for each in (text, joined and link + joined) if each)


def everyone(answer: Answer) -> str:
    """Return of how many the shares are, and who they are: ``1,908 alive installations that said their Python``."""
    if answer.denominator is None:
        return f"fewer than {answer.k} {known_as(answer)}installations{whom(answer)}"
    return f"{installations(answer.denominator, known_as(answer))}{whom(answer)}"


def number(answer: Answer, value: Cell | None) -> str:
    """Return a count; one that is not said is under the threshold of the publication."""
    return f"fewer than {answer.k}" if value is None else f"{value:,}"


def part(answer: Answer, row: Row) -> str:
    """Return how many a row counts, with their share, where enough are known that a percentage says more.

    It stands in a sentence that says of how many.
    """
    share = row.get("share")
    if share is None or row["installations"] is None or (answer.denominator or 0) < FEW:
        return number(answer, row["installations"])
    return f"{number(answer, row['installations'])} ({share:.1%})"


def verb(count: Cell | None, plural: str) -> str:
    """Return a verb as it agrees with a number: ``1`` runs, ``2`` run."""
    return _SINGULAR.get(plural, f"{plural}s") if count == 1 else plural


_SINGULAR = {"have": "has", "are": "is", "were": "was"}


def listed(texts: Sequence[str], joint: str = "and") -> str:
    """Return texts as a list in a sentence: ``a, b and c``."""
    return f"{', '.join(texts[:-1])} {joint} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def named_rows(answer: Answer, column: str) -> list[Row]:
    """Return the rows with somebody in them, but for that of the names that are on too few to be said."""
    return [row for row in answer.rows if row["installations"] != 0 and row.get(column) != RARE]


def commonest(rows: Iterable[Row]) -> list[Row]:
    """Return rows by how many they count, the most first."""
    return sorted(rows, key=lambda row: -int(row["installations"] or 0))


def short(answer: Answer, column: str = "plugin") -> Mapping[str, str]:
    """Return the short names of the classes in a column, and of the second of a pair."""
    paths = {str(row[name]) for row in answer.rows for name in (column, "with") if name in row}
    return {**short_names(paths), CUSTOM: "a class without a public ancestor"}


def short_sequences(answer: Answer) -> Mapping[str, str]:
    """Return the short forms of the sequences of steps."""
    sequences = [str(row["steps"]) for row in answer.rows]
    names = short_names({name for steps in sequences for name in classes_of_steps(steps)})
    return {steps: short_steps(steps, names) for steps in sequences}
