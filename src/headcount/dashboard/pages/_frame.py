"""What the pages for maintainers have in common: the finding, the figures, the charts, and the bar of the filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from headcount.dashboard._filter import BEFORE, FORM_PARAMETERS, Filter
from headcount.dashboard._panel import Asker, Drawer, Panel, panel
from headcount.dashboard._site import Link, environment, navigation
from headcount.dashboard._view import Rendered, View
from headcount.questions import Query, plugin_names


class Fact(NamedTuple):
    """A figure at the head of a page.

    ``label``: what it is; ``value``: the number as it is shown; ``note``: a few words below it; ``line``: how it came about,
    as `spark` returns it.
    """

    label: str
    value: str
    note: str = ""
    line: str = ""


@dataclass(frozen=True)
class Content:
    """What a page says.

    ``title``: a question, or a noun of the field; ``finding``: a sentence or two made of the figures; ``facts``: four at
    most; ``panels``: each answers one question; ``links``: to the same in other ways, and to what is near.
    """

    title: str
    finding: str
    facts: Sequence[Fact]
    panels: Sequence[Panel]
    links: Sequence[Link] = ()


_SPARK = (96.0, 20.0)  # the width and the height of a spark line, in units of its own


def spark(numbers: Sequence[int]) -> str:
    """Return the points of a small line through numbers, from 0 to the greatest of them; nothing for fewer than three."""
    if len(numbers) < 3 or not max(numbers):
        return ""
    width, height = _SPARK
    step, unit = width / (len(numbers) - 1), (height - 2) / max(numbers)
    return " ".join(f"{place * step:.1f},{height - 1 - number * unit:.1f}" for place, number in enumerate(numbers))


class PanelMaker(NamedTuple):
    """Makes the panels of a page with its filter, each beside what the filter compares with."""

    ask: Asker
    draw: Drawer
    filter: Filter
    today: date

    def make(self, query: Query, title: str, *, compares: bool = True, **options: Any) -> Panel:
        """Return a panel; ``options``: those of `panel`. Where nothing can stand beside it, it says so.

        ``compares``: whether the page compares with what the filter says by what stands beside a chart.
        """
        if compares and "beside" in options and options.get("draws", True) and self.filter.with_ is not None:
            options["notes"] = [*options.get("notes", ()), "Nothing is compared here."]
        shows_before = query.over is not None and self.filter.with_ in BEFORE  # by itself
        options.setdefault("beside", None if shows_before else self.filter.beside(query, self.today))
        return panel(self.ask, self.draw, query, title, filter_=self.filter, **options)


def read_filter(view: View, path: str, *also: str, subject: bool = False) -> Filter:
    """Return the filter in the address of a page at ``path``; ``also``: parameters of the page that stay in addresses."""
    kept = {name: view.parameters[name] for name in also if view.parameters.get(name)}
    return Filter.from_text(path, view.parameters, also=kept, subject=subject, today=view.today)


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
    content = replace(content, panels=_with_own_ids(content.panels))
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


def _with_own_ids(panels: Sequence[Panel]) -> list[Panel]:
    """Return the panels of a page, each with an id of its own: those of one answer are numbered."""
    times: Counter[str] = Counter()
    numbered = []
    for each in panels:
        times[each.id] += 1
        number = times[each.id]
        numbered.append(each if number == 1 else replace(each, id=f"{each.id}-{number}"))
    return numbered
