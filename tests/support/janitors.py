"""Reports of masters with a Janitor, and of such that only look like it, as the wheel before schema 2 took them in."""

from __future__ import annotations

from typing import Any, NamedTuple

from headcount.contract import Arrival, read_report, read_stock, vocabulary
from tests.support import corpus

_LOG, _DATA = (f"buildbot.configurators.janitor.{name}" for name in ("LogChunksJanitor", "BuildDataJanitor"))
_GIT, _BUILDER = "buildbot.steps.source.git.Git", "buildbot.config.builder.BuilderConfig"
_WORKER, _NIGHTLY, _FORCE = (
    "buildbot.worker.local.LocalWorker", "buildbot.schedulers.timed.Nightly",
    "buildbot.schedulers.forcesched.ForceScheduler",
)  # fmt: skip
_NOON = 1_772_366_400  # 2026-03-01


class Held(NamedTuple):
    """A report that is held: what was posted, whether by stock, and how many of what it counts the Janitor added."""

    body: dict[str, Any]
    is_stock: bool
    added: int


def _stock(plugins: dict[str, int], *builders: list[str]) -> dict[str, Any]:
    return {
        "versions": {"Buildbot": "4.3.0"}, "plugins": plugins, "www_plugins": ["waterfall_view"],
        "builders": list(builders),
    }  # fmt: skip


def _basic(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "builders"}


HELD = [
    Held(corpus.body("scummvm", "stock"), True, 6),
    Held(_basic(corpus.body("dolphin", "stock")), True, 6),
    Held(corpus.body("scummvm", "ours"), False, 6),
    # A worker and a scheduler of the administrator's own, and two builders with a Janitor's step.
    Held(_stock({_LOG: 2, _GIT: 3, _BUILDER: 5, _WORKER: 4, _NIGHTLY: 1, _FORCE: 2},
                [_LOG], [_LOG], [_GIT], [_GIT], [_GIT]), True, 7),
    # A step of the Janitor's in a builder of the administrator's.
    Held(_stock({_LOG: 1, _DATA: 1, _GIT: 1, _BUILDER: 1}, [_GIT, _LOG, _DATA]), True, 0),
    Held(_stock({_GIT: 1, _BUILDER: 1}, [_GIT]), True, 0),
]  # fmt: skip


def arrivals() -> list[Arrival]:
    """Return two reports of each, of two days, under the keys 1, 2 and so on."""
    made = []
    for key, held in enumerate(HELD, 1):
        report = (read_stock if held.is_stock else read_report)(held.body, vocabulary())
        made += [Arrival(_NOON + day * 86_400, key, key, report.profile.canonical()) for day in (0, 1)]
    return made
