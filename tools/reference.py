"""Makes what the documents say of fields, questions and settings, from their tables: ``python -m tools.reference DOCS``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from headcount import settings
from headcount.contract import ACCOMPANIMENTS, CATALOG
from headcount.questions import BASES, PUBLIC_TABLES, REGISTRY, Breakdown, Question
from headcount.questions._over import MOST_PLUGINS
from headcount.questions._period_table import TABLE
from headcount.questions._public_tables import FEW
from headcount.questions._terms import TERMS


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join([*_fields(), *_questions(), *_conditions(), *_public(), *_settings()]) + "\n"


def _fields() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Made from the catalog of fields, the registry of questions and the table of settings by `make docs`."
    yield ""
    yield "## What a report may hold"
    yield ""
    yield "Everything else is refused, or scrubbed to the form in the third column."
    yield ""
    yield "| field | level | what it may hold | wanted for |"
    yield "|---|---|---|---|"
    for field in CATALOG:
        yield f"| `{field.path}` | {field.level} | {field.form.label} | {field.why} |"
    for one in ACCOMPANIMENTS:
        yield f"| `{one.path}` | every | {one.form} | {one.why} |"
    yield ""


def _questions() -> Iterator[str]:
    yield "## The questions"
    yield ""
    yield "Which installations an answer is about (`--basis`):"
    yield ""
    for basis, meaning in BASES.items():
        yield f"- `{basis}`: {meaning}."
    for question in REGISTRY.values():
        yield ""
        yield f"### `{question.name}`"
        yield ""
        yield question.meaning
        yield ""
        yield "| by | columns | share of |"
        yield "|---|---|---|"
        for by, breakdown in _telling(question):
            columns = ", ".join(f"`{column.name}`" for column in breakdown.shown.columns)
            answered = " and ".join(f"`{path}`" for path in breakdown.scope.fields)
            whom = breakdown.scope.whom or (f"those that answered {answered}" if answered else "all of them")
            if breakdown.scope.denominator == "answered_full":
                whom += " in a full report of ours, or a function over one"
            if breakdown.scope.subject == "matching":
                whom += " and match"
            yield f"| `{by}` | {columns} | {whom} |"
        over = [f"`{by}`" for by, breakdown in question.by.items() if breakdown.over is not None]
        if over:
            yield ""
            yield f"Over time (`--over`) by {', '.join(over)}."
    yield from _over()


def _over() -> Iterator[str]:
    yield ""
    yield "### Over time"
    yield ""
    yield "`--over month` or `week` asks of those alive, or confirmed, at the end of each period, with their state then: a"
    yield "condition is judged at each. There are 24 months, or 26 weeks, up to `--until`, unless `--since` says more; the"
    yield "last one may be cut short, and those are left out that ended before the first day of which reports are held. Each"
    yield "share is of those that answered then. `installs` and `drop` count those for whom the condition is true; `plugins`"
    yield f"has {MOST_PLUGINS} classes at most: those that the condition names, and those that most use at the end."
    yield "Alive has a memory of 13 months: whoever left is still counted for as long. So beside the rows there is a table"
    yield "`periods`:"
    yield ""
    yield "| column | is |"
    yield "|---|---|"
    for column in TABLE:
        yield f"| `{column.name}` | {column.meaning} |"


def _telling(question: Question) -> Iterator[tuple[str, Breakdown]]:
    """The ways to ask; of those by a release the first stands for all."""
    by_release = False
    for by, breakdown in question.by.items():
        if breakdown.scope.starts is None or not by_release:
            yield by, breakdown
        by_release = by_release or breakdown.scope.starts is not None


def _conditions() -> Iterator[str]:
    yield ""
    yield "## Conditions"
    yield ""
    yield "`--where` takes comparisons joined by `and`, `or`, `not` and brackets; `in (…)` is any of several. An"
    yield "installation matches by its last report in the window; one that did not answer what the condition names does not"
    yield "match. Versions compare as versions, at the precision given: `python = 3.10` is every 3.10.x, and `> 3.10` begins"
    yield "with 3.11. A class means itself under all its names, and its subclasses; its name alone will do where one class"
    yield "has it, or one of Buildbot's own."
    yield ""
    yield "| name | is | compared by |"
    yield "|---|---|---|"
    for name, term in TERMS.items():
        operators = " ".join(f"`{operator}`" for operator in term.operators)
        yield f"| `{name}` | {term.meaning} | {operators} |"


def _public() -> Iterator[str]:
    yield ""
    yield "## The publication"
    yield ""
    yield "What anybody may see, over confirmed installations, protected as [the page on that](protection.md) says; columns"
    yield f"mean what they mean above. Of fewer than {FEW} installations there are two tables alone: how many are alive, and"
    yield "the series of Buildbot that they run, such as 4.3."
    yield ""
    yield "| table | question | by | told apart by | columns |"
    yield "|---|---|---|---|---|"
    for table in PUBLIC_TABLES:
        attributes, columns = (", ".join(f"`{name}`" for name in names) for names in (table.attributes, table.columns))
        yield f"| {table.title} | `{table.question}` | `{table.by}` | {attributes} | {columns} |"


def _settings() -> Iterator[str]:
    yield ""
    yield "## The settings of `serve` and `ingest`"
    yield ""
    yield "A flag wins over the environment variable, that over the key in the TOML file that `--config` (or the variable"
    yield "`HEADCOUNT_CONFIG`) names, that over the default. At SIGHUP the file is read again: what is marked *live* changes"
    yield "at once, the rest at the next start."
    yield ""
    yield "| flag | variable | key | default | live | what |"
    yield "|---|---|---|---|---|---|"
    for field in settings.fields():
        default = settings.shown(field.default)
        live = "yes" if field.metadata["live"] else ""
        flag = settings.flag(field.name)
        yield (
            f"| {f'`{flag}`' if flag else 'none'} | `{settings.variable(field.name)}` | `{field.name}` | "
            f"{f'`{default}`' if default else 'none'} | {live} | {field.metadata['meaning']} |"
        )


_BEGIN = "<!-- made from the catalog of fields by `make docs` -->\n"
_END = "<!-- end -->\n"


def administrator(page: str) -> str:
    """The administrator's page with its list of what is sent, in place of the one that it has."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + "".join(f"{line}\n" for line in _sent()) + _END + after


def _sent() -> Iterator[str]:
    yield ""
    yield "| level | fields |"
    yield "|---|---|"
    for level, name in (("basic", "`'basic'`"), ("full", "`'full'`, also")):
        fields = ", ".join(f"`{field.path}`" for field in CATALOG if field.level == level)
        yield f"| {name} | {fields} |"
    yield f"| each | {', '.join(f'`{one.path}`' for one in ACCOMPANIMENTS)} |"
    yield ""
    yield "[What each may hold, and what it is wanted for](reference.md). At `'full'`, `plugins` also counts secrets"
    yield "providers, authentication, report generators and machines."
    yield ""


if __name__ == "__main__":
    docs = Path(sys.argv[1])
    (docs / "reference.md").write_text(reference(), encoding="utf-8")
    page = docs / "administrator.md"
    page.write_text(administrator(page.read_text(encoding="utf-8")), encoding="utf-8")
