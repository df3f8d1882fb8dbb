"""Which plugins are used."""

from __future__ import annotations

from functools import partial

from headcount.questions._columns import CUSTOMIZED, INSTALLATIONS, INSTANCES, KIND, PLUGIN
from headcount.questions._kinds import KINDS, KINDS_AT_FULL
from headcount.questions._over import of_plugins
from headcount.questions._question import Breakdown, Column, Question, Scope, Shown, Statement
from headcount.warehouse import OWN_FIELDS

BANDS = ("1", "2-5", "6-20", "21-100", "more than 100")
"""The bands of the number of instances that an installation has; the statement numbers them from 1."""

_BAND = Column("band", "how many instances each of the installations has", lambda value: BANDS[value - 1])
_COLUMNS = (PLUGIN, KIND, INSTALLATIONS, INSTANCES, CUSTOMIZED)


def _plugins(kind: str, path: str, denominator: str = "answered") -> Breakdown:
    scope = Scope((path,), denominator)
    return Breakdown(
        Statement("plugins", parameters={"kind": kind}),
        scope,
        Shown(_COLUMNS, chart="points"),
        over=of_plugins(PLUGIN, KIND, scope, partial(_is_asked, kind), at_full=denominator == "answered_full"),
    )


def _is_asked(asked: str, kind: str) -> bool:
    """Return whether a kind is asked for: itself, or by ``all`` what every reporter counts."""
    return kind == asked or (asked == "all" and kind not in {*KINDS_AT_FULL, *OWN_FIELDS})


QUESTION = Question(
    "plugins",
    "Plugins",
    "For each class: the installations that use it or a subclass of it, how many instances they have, and how many "
    "of them use a subclass of their own. By `all`, every class but the plugins of the web interface; by `www`, "
    "those; by a kind, the classes of it, of which configurators and factories are in no other count; by `bands`, every "
    "class with how many instances an installation has.",
    {
        "all": _plugins("all", "plugins"),
        **{kind: _plugins(kind, "plugins") for kind in KINDS},
        **{kind: _plugins(kind, "plugins", "answered_full") for kind in KINDS_AT_FULL},
        **{kind: _plugins(kind, path) for kind, path in OWN_FIELDS.items()},
        "bands": Breakdown(
            Statement("plugins.bands", parameters={"kind": "all"}),
            Scope(("plugins",)),
            Shown((PLUGIN, KIND, _BAND, INSTALLATIONS), chart="bands"),
        ),
    },
)
