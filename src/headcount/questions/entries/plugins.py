"""Which plugins are used."""

from __future__ import annotations

from headcount.questions._columns import CUSTOMIZED, INSTALLATIONS, INSTANCES, KIND, PLUGIN
from headcount.questions._question import Breakdown, Question

KINDS = (
    "worker", "builder", "step", "scheduler", "change source", "reporter", "service", "secrets provider",
    "authentication", "report generator", "machine", "other",
)  # fmt: skip
"""What a class can be; plugins of the web interface are of the kind ``www``."""

_COLUMNS = (PLUGIN, KIND, INSTALLATIONS, INSTANCES, CUSTOMIZED)


def _plugins(kind: str, path: str) -> Breakdown:
    return Breakdown("plugins", _COLUMNS, field=path, parameters={"kind": kind})


QUESTION = Question(
    "plugins",
    "Plugins",
    "For each class: the installations that use it or a subclass of it, how many instances they have, and how many "
    "of them use a subclass of their own. By `all`, every class but the plugins of the web interface; by `www`, "
    "those; by a kind, the classes of it.",
    {
        "all": _plugins("all", "plugins"),
        **{kind: _plugins(kind, "plugins") for kind in KINDS},
        "www": _plugins("www", "www_plugins"),
    },
)
