"""How builders put steps together."""

from __future__ import annotations

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import (
    Breakdown,
    Column,
    Question,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    Totals,
    share,
)

_ARROW = " → "
_NO_STEPS = "(no steps)"
_BUILT = Scope(("builders",))
_BUILDERS = Column("builders", "how many builders of these installations have it")


def _whole(results: Results, totals: Totals) -> list[Row]:
    return _rows([(tuple(steps), count, builders) for steps, count, builders in results], totals)


def _grams(results: Results, totals: Totals) -> list[Row]:
    return _rows([(tuple(map(str, steps)), count, builders) for *steps, count, builders in results], totals)


def _rows(counted: list[tuple[tuple[str, ...], int, int]], totals: Totals) -> list[Row]:
    """Return the commonest first; names are written as in reports, a subclass behind its prefix."""
    ordered = sorted(counted, key=lambda row: (-row[1], row[0]))
    return [
        {
            "steps": _ARROW.join(steps) or _NO_STEPS,
            "installations": count,
            "share": share(count, totals.denominator),
            "builders": builders,
        }
        for steps, count, builders in ordered
    ]


def _ngram(length: int) -> Breakdown:
    columns = (Column("steps", f"{length} steps that follow each other in a builder"), INSTALLATIONS, _BUILDERS)
    fill = {"length": str(length), "grams": ", ".join(f"steps[k + {n}] AS gram{n}" for n in range(1, length + 1)),
            "names": ", ".join(f"gram{n}" for n in range(1, length + 1))}  # fmt: skip
    return Breakdown(Statement("pipelines.grams", fill=fill), _BUILT, Shown(columns, _grams))


QUESTION = Question(
    "pipelines",
    "Pipelines",
    "How the steps of builders follow each other, as reports at level full say it. By `sequence`: all steps of a "
    "builder; by `pairs` and `triples`: two or three steps in a row, anywhere in it. A subclass has one `>` for each "
    "class stepped over, itself counted twice.",
    {
        "sequence": Breakdown(
            Statement("pipelines"),
            _BUILT,
            Shown((Column("steps", "the steps of a builder, in order"), INSTALLATIONS, _BUILDERS), _whole),
        ),
        "pairs": _ngram(2),
        "triples": _ngram(3),
    },
)
