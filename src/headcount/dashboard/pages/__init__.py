"""The pages, a file each.

A page is entered in `PAGES`, and in the navigation where it is to be reached from every page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from headcount.dashboard._filter import FORM_PARAMETERS
from headcount.dashboard._panel import Asker, Drawer
from headcount.dashboard._view import Rendered, View
from headcount.dashboard.pages import (
    changes,
    drop,
    environments,
    next_release,
    overview,
    plugin,
    plugins,
    question,
    questions,
    search,
    trust,
    upgrades,
    versions,
)
from headcount.dashboard.pages._table import PARAMETERS as TABLE_PARAMETERS
from headcount.questions import PARAMETERS


class Page(NamedTuple):
    """A page for maintainers.

    ``path``: its route, in which ``{name}`` stands for what `View.name` is; ``name``: what the log of questions calls it,
    with the parts of its path in braces; ``render``: returns the page; ``parameters``: those that it knows.

    ``render`` raises `NoSuchPage` where the path leads nowhere.
    """

    path: str
    name: str
    render: Callable[[Asker, Drawer, View], Rendered]
    parameters: tuple[str, ...] = FORM_PARAMETERS

    def asked(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return of the parameters of an address those that the page knows."""
        return {name: typed[name] for name in self.parameters if name in typed}


PAGES = (
    Page("/", "the first page", overview.page),
    Page(versions.PATH, "the versions", versions.page, (*FORM_PARAMETERS, *versions.PARAMETERS)),
    Page(plugins.PATH, "the plugins", plugins.page, (*FORM_PARAMETERS, *TABLE_PARAMETERS)),
    Page(plugin.PATH, "the plugin {name}", plugin.page),
    Page(environments.PATH, "the environments", environments.page, (*FORM_PARAMETERS, *environments.PARAMETERS)),
    Page(changes.PATH, "the changes", changes.page),
    Page(upgrades.PATH, "the upgrades", upgrades.page, (*FORM_PARAMETERS, *upgrades.PARAMETERS)),
    Page("/drop", "may we drop", drop.page),
    Page("/next", "the next release", next_release.page, ("basis", "until")),
    Page("/questions", "the questions", questions.page, ()),
    Page("/questions/{name}", "the page of {name}", question.page, (*PARAMETERS, "plugin", "was")),
    Page("/trust", "how far to trust", trust.page),
    Page("/search", "the search", search.page, ()),  # what was typed may be anything, and is not noted
)
"""Every page that asks the warehouse."""
