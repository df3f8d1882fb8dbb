"""Makes the reference of fields and questions from the catalog and the registry: ``python -m tools.reference FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from headcount.contract import CATALOG
from headcount.questions import BASES, PUBLIC_TABLES, REGISTRY, Breakdown, Question
from headcount.questions._terms import TERMS


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join([*_fields(), *_questions(), *_conditions(), *_public()]) + "\n"


def _fields() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Made from the catalog of fields and the registry of questions by `make docs`."
    yield ""
    yield "## What a report may hold"
    yield ""
    yield "Everything else is refused, or scrubbed to the form in the third column."
    yield ""
    yield "| field | level | what it may hold | wanted for |"
    yield "|---|---|---|---|"
    for field in CATALOG:
        yield f"| `{field.path}` | {field.level} | {field.form.label} | {field.why} |"
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
            columns = ", ".join(f"`{column.name}`" for column in breakdown.columns)
            answered = " and ".join(f"`{path}`" for path in (breakdown.field, breakdown.also) if path)
            whom = breakdown.whom or (f"those that answered {answered}" if answered else "all of them")
            if breakdown.subject == "matching":
                whom += " and match"
            yield f"| `{by}` | {columns} | {whom} |"


def _telling(question: Question) -> Iterator[tuple[str, Breakdown]]:
    """The ways to ask; of those by a release the first stands for all."""
    by_release = False
    for by, breakdown in question.by.items():
        if breakdown.starts is None or not by_release:
            yield by, breakdown
        by_release = by_release or breakdown.starts is not None


def _conditions() -> Iterator[str]:
    yield ""
    yield "## Conditions"
    yield ""
    yield "`--where` takes comparisons joined by `and`, `or`, `not` and brackets; `in (…)` is any of several. An"
    yield "installation matches by its last report in the window; one that did not answer what the condition names does not"
    yield "match. Versions compare as versions, at the precision given: `python = 3.10` is every 3.10.x, and `> 3.10` begins"
    yield "with 3.11. A class means itself under all its names, and its subclasses; its name alone will do where one class"
    yield "has it."
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
    yield "mean what they mean above."
    yield ""
    yield "| table | question | by | told apart by | columns |"
    yield "|---|---|---|---|---|"
    for table in PUBLIC_TABLES:
        attributes, columns = (", ".join(f"`{name}`" for name in names) for names in (table.attributes, table.columns))
        yield f"| {table.title} | `{table.question}` | `{table.by}` | {attributes} | {columns} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
