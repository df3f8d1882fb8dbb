"""Which plugins are used."""

from __future__ import annotations

from headcount.questions._columns import CUSTOMIZED, INSTALLATIONS, INSTANCES, KIND, PLUGIN
from headcount.questions._question import Breakdown, Question

KINDS = (
    "worker", "builder", "step", "scheduler", "change source", "reporter", "service", "other",
)  # fmt: skip
"""What a class can be; plugins of the web interface are of the kind ``www``."""

KINDS_AT_FULL = ("secrets provider", "authentication", "report generator", "machine")
"""What only full reports of ours count."""

_COLUMNS = (PLUGIN, KIND, INSTALLATIONS, INSTANCES, CUSTOMIZED)


def _plugins(kind: str, path: str, denominator: str = "answered") -> Breakdown:
    return Breakdown("plugins", _COLUMNS, denominator, path, parameters={"kind": kind})


QUESTION = Question(
    "plugins",
    "Plugins",
    "For each class: the installations that use it or a subclass of it, how many instances they have, and how many "
    "of them use a subclass of their own. By `all`, every class but the plugins of the web interface; by `www`, "
    "those; by a kind, the classes of it.",
    {
        "all": _plugins("all", "plugins"),
        **{kind: _plugins(kind, "plugins") for kind in KINDS},
        **{kind: _plugins(kind, "plugins", "answered_full") for kind in KINDS_AT_FULL},
        "www": _plugins("www", "www_plugins"),
    },
)
