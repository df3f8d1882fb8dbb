"""Who takes up what a release of Buildbot brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from headcount.contract import Release, vocabulary
from headcount.questions._columns import INSTALLATIONS, KIND, PLUGIN
from headcount.questions._offered import offered
from headcount.questions._question import (
    Analysis,
    Breakdown,
    Column,
    Execution,
    Findings,
    Question,
    Row,
    Scope,
    Shown,
    Statement,
    Table,
    share,
)
from headcount.questions._releases import released
from headcount.questions._windows import Window, alive, months_after
from headcount.warehouse import OWN_FIELDS

_MONTHS = (1, 2, 3, 6, 9, 12, 18, 24)
"""So many months after the release it is looked who uses what it brought."""

_OVER_TIME = (
    PLUGIN,
    Column("months", "how many months after the release"),
    Column(
        "installations",
        "how many used it then; the share is of those that ran the release or a later one",
    ),
    Column("running", "how many installations ran the release or a later one then, and answered their plugins"),
)


def _present(window: Window) -> Window:
    return alive(window.until)


def _taken_up(execution: Execution, plugins: Sequence[str], came_out: date) -> Findings:
    """Find who uses each of the plugins at the end, and in a table at the end of so many months each."""
    levels = execution.levels()
    total = sum(levels.values())
    known = vocabulary()
    now = _users(execution, execution.window.until)
    rows: list[Row] = [
        {
            "plugin": plugin,
            "kind": known.kind(plugin),
            "installations": now.get(plugin, 0),
            "share": share(now.get(plugin, 0), total),
        }
        for plugin in plugins
    ]
    months: list[Row] = []
    for after in _MONTHS:
        day = months_after(came_out, after)
        if day > execution.window.until or not (running := sum(execution.levels(Window(came_out, day)).values())):
            continue
        then = _users(execution, day)
        months += [
            {
                "plugin": plugin,
                "months": after,
                "installations": then.get(plugin, 0),
                "share": share(then.get(plugin, 0), running),
                "running": running,
            }
            for plugin in plugins
        ]
    rows.sort(key=lambda row: (-int(row["installations"]), row["plugin"]))
    months.sort(key=lambda row: (row["plugin"], row["months"]))
    return Findings(total, rows, {"months": Table(months)}, levels)


def _users(execution: Execution, day: date) -> dict[str, int]:
    return dict(execution.rows("used", alive(day)))


def _adoption(release: Release, plugins: Sequence[str]) -> Breakdown:
    came_out = released()[release]
    used = Statement("adoption", fill={"believed": "on_or_later"}, parameters={"release": release.number})
    return Breakdown(
        used,
        Scope(
            ("plugins",),
            "running",
            bases=("confirmed", "alive"),
            starts=came_out,
            counted=_present,
            whom=f"that run Buildbot {release} or a later one, and answered plugins",
        ),
        Shown((PLUGIN, KIND, INSTALLATIONS), chart="points"),
        Analysis({"used": used}, partial(_taken_up, plugins=plugins, came_out=came_out)),
        {"months": _OVER_TIME},
    )


def _brought() -> dict[Release, list[str]]:
    """Return the plugins that each release brought, the newest release first, after the first of all."""
    known, brought = vocabulary(), dict[Release, list[str]]()
    for plugin, release in sorted(offered().items()):
        if known.kind(plugin) not in OWN_FIELDS and release != min(known.releases):
            brought.setdefault(release, []).append(plugin)
    return dict(sorted(brought.items(), reverse=True))


QUESTION = Question(
    "adoption",
    "Adoption",
    "Of the plugins that a release of Buildbot brought, as far as the newest one still offers them: who of those on it or a "
    "later one uses them, now, and as `months` so many months after the release, where anybody was known to run it. Kinds "
    "that only full reports count are used by as many at least.",
    {str(release): _adoption(release, plugins) for release, plugins in _brought().items() if release in released()},
)
