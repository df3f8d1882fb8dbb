"""What the pages for maintainers have in common: the finding, the figures, the charts, and the bar of the filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from headcount.dashboard._filter import FORM_PARAMETERS, Filter
from headcount.dashboard._names import plugin_names
from headcount.dashboard._panel import Panel
from headcount.dashboard._site import environment, navigation
from headcount.dashboard._view import Rendered, View


class Fact(NamedTuple):
    """A figure at the head of a page: what it is, the number as it is shown, and a few words beside it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Content:
    """What a page says.

    ``title``: a question, or a noun of the field; ``finding``: a sentence or two made of the figures; ``facts``: four at
    most; ``panels``: each answers one question.
    """

    title: str
    finding: str
    facts: Sequence[Fact]
    panels: Sequence[Panel]


def read_filter(view: View, path: str, *also: str, subject: bool = False) -> Filter:
    """Return the filter in the address of a page at ``path``; ``also``: parameters of the page that stay in addresses."""
    kept = {name: view.parameters[name] for name in also if view.parameters.get(name)}
    return Filter.from_text(path, view.parameters, also=kept, subject=subject)


def moved(view: View, filter_: Filter) -> Rendered | None:
    """Return where the page is, if its address has what only the form sends, or parameters that are empty."""
    form = (*FORM_PARAMETERS, *filter_.also)
    sent = {name: text for name, text in view.parameters.items() if name in form}
    is_clean = all(sent.values()) and not {"was", "plugin"} & sent.keys()
    location = None if is_clean else filter_.canonical
    return None if location is None else Rendered("", location=location)


def framed(
    view: View,
    filter_: Filter,
    content: Content,
    *,
    template: str = "content.html",
    current: str = "",
    **context: Any,
) -> Rendered:
    """Return a page with its content; ``current``: the path in the navigation that it belongs to, its own unless given."""
    html = (
        environment()
        .get_template(f"pages/{template}")
        .render(
            view=view,
            site=view.site,
            filter=filter_,
            content=content,
            navigation=navigation(current or filter_.path),
            plugin_names=plugin_names(),
            **context,
        )
    )
    return Rendered(html, refused=bool(filter_.problems))
