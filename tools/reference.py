"""Makes the reference of fields and questions from the catalog and the registry: ``python -m tools.reference FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from headcount.contract import CATALOG
from headcount.questions import BASES, REGISTRY


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join([*_fields(), *_questions()]) + "\n"


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
        for by, breakdown in question.by.items():
            columns = ", ".join(f"`{column.name}`" for column in breakdown.columns)
            whom = f"those that answered `{breakdown.field}`" if breakdown.field else "all of them"
            if breakdown.denominator == "answered_full":
                whom += " in a full report of ours, or a function over one"
            yield f"| `{by}` | {columns} | {whom} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
