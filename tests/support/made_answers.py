"""Answers that are made, not asked: of every question and every way to ask it, with names and numbers of all sizes."""

from __future__ import annotations

from datetime import date
from typing import Any

from headcount.questions import REGISTRY, Answer, Breakdown, Cell

DAY = date(2026, 10, 31)
WHOLE = 2400
_SINCE = date(2024, 11, 10)
_NAMES = (
    "buildbot.steps.source.cvs.CVS", "buildbot.changes.cvs.CVS", "custom", "<b>&\"'", "W" * 30, "a name of many words, long",
    "buildbot.plugins.worker.WarningCountingShellCommand",
)  # fmt: skip
_STEPS = " → ".join(["buildbot.steps.source.git.Git", *["buildbot.steps.shell.ShellCommand"] * 3, "x" * 90])
_NUMBERS: dict[str, Cell] = {
    "instances": 1_234_567, "customized": 1, "upper": 0.6, "silent": 3, "rate": 0.4, "seen": 30, "low": 0.04, "high": 0.08,
    "bound": 50, "running_share": 0.6, "lift": 2.5, "elsewhere": 0.1, "confidence": 0.2, "others_share": 0.3, "others": 7,
    "p10": 0, "median": 7, "p90": 1800, "p99": 20_000, "most": 50_000, "subclassed": 0.1, "median_depth": 2,
    "started": 5, "stopped": 400, "kept": 20, "adjusted": 0.01, "p": 0.01, "both": 3, "gone": 3, "unanswered": 4, "alone": 1,
}  # fmt: skip


def made(question: str, by: str, rows: int = 30, *, over: str | None = None, **facts: Any) -> Answer:
    """Return an answer with so many rows of each key; over periods of so many months. ``facts``: other fields of it."""
    breakdown = REGISTRY[question].by[by]
    breakdown = (breakdown.over or breakdown) if over else breakdown
    names = [column.name for column in breakdown.shown.columns]
    periods = _months(rows) if "period" in names else [""]
    keyed = 9 if over and len(names) > 2 else 1  # period and installations
    count = len(periods) * keyed if periods != [""] else min(rows, 15) if "times" in names else rows
    listed = [_row(names, number, periods[number // keyed % len(periods)], count) for number in range(count)]
    return Answer(
        question, by, breakdown.scope.bases[0], _SINCE, DAY, WHOLE, 1_793_491_092, tuple(listed), over=over,
        **{"tables": {}, **facts},
    )  # fmt: skip


def ways() -> list[tuple[str, str, str | None]]:
    """Return a way to ask each question for each look of an answer: question, by and over."""
    looks: dict[object, tuple[str, str, str | None]] = {}
    for question, entry in REGISTRY.items():
        for by, breakdown in entry.by.items():
            each: list[tuple[Breakdown | None, str | None]] = [(breakdown, None), (breakdown.over, "month")]
            for look, over in each:
                if look is not None:
                    columns = tuple(column.name for column in look.shown.columns)
                    looks.setdefault((question, look.shown.chart, columns), (question, by, over))
    return list(looks.values())


def _months(count: int) -> list[str]:
    return [f"{2024 + (10 + n) // 12}-{(10 + n) % 12 + 1:02}" for n in range(min(count, 24))]


def _row(names: list[str], number: int, period: str, count: int) -> dict[str, Cell | None]:
    part = number % 9 if period else number
    installations = WHOLE * (count - number) // (count + 1) // (9 if period else 1)
    row: dict[str, Any] = {
        "period": period, "installations": installations, "share": round(installations / WHOLE, 4),
        "new": installations // 3, "apart": installations // 2, "running": installations, "reports": 10 ** (number % 7),
        "days": 30 * number, "estimate": min(0.02 * number, 1.0), "times": (0.5, 1.0, 2.0, 5.0, 10.0)[number % 5],
        "reporting": (0.5, 0.25, 0.1)[number // 5% 3], "version": f"{30 - part}.{part}",
        "supported_until": ("", "2026-10-30", "2030-01-01")[part % 3], "band": _BANDS[number % len(_BANDS)],
        "steps": _STEPS, "kind": ("worker", "builder", "step")[number % 3], "from": f"4.{part}", "to": f"4.{part + 1}",
        "depth": part,
    }  # fmt: skip
    row["with"] = _NAMES[(part + 1 + part // len(_NAMES)) % len(_NAMES)]
    known = {**_NUMBERS, **row}
    named = f"{_NAMES[part % len(_NAMES)]}{part // len(_NAMES) or ''}"
    cells = {name: known.get(name, named) for name in [*names, "share"]}
    if "most" in cells and "days" in cells:
        cells["most"] = min(1.0, 0.3 + 0.02 * number)
    return cells


_BANDS = ("0", "1", "2-5", "6-20", "21-50", "51-100", "more than 100")
