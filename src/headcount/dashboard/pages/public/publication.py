"""The pages of a publication: the whole of a week with what it says first, and a page for each theme with all its tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from headcount.dashboard._panel import Drawer, Panel, tables
from headcount.dashboard._site import Link
from headcount.dashboard._site_state import SiteState
from headcount.dashboard._words import percent
from headcount.dashboard.pages._everybody import rendered
from headcount.dashboard.pages._frame import Fact
from headcount.dashboard.pages.public._findings import about, day_in_words, findings
from headcount.dashboard.pages.public._site import PublicSite
from headcount.dashboard.pages.public._themes import THEMES, Listed, Theme, find, published, theme
from headcount.questions import Answer, Cell, Publication, last_day

PATH = "/public"
_FORMATS = {"json": "JSON", "csv": "CSV", "parquet": "Parquet", "svg": "SVG", "png": "PNG"}
_FIRST, _ALL = 25, 120  # rows of a table, on the page of the whole and on that of a theme
_FINDINGS = ("masters", "buildbot", "python")  # themes of which the first sentences of the page are


class Part(NamedTuple):
    """A theme as the page of the whole has it: ``finding``: empty where the page begins with it; ``path``: of the page with
    all its tables, of which there are ``total``.
    """

    theme: Theme
    finding: str
    panels: Sequence[Panel]
    path: str
    total: int


def page(publication: Publication | None, draw: Drawer, site: PublicSite) -> str:
    """Return the page of a publication as HTML; None: the page that says that nothing is published yet."""
    if publication is None:
        return rendered("unpublished.html", site.state, PATH, notices=site.notices)
    said = findings(publication)
    return rendered(
        "public.html",
        site.state,
        PATH,
        **_week(publication, site.weeks, PATH),
        licence=site.licence,
        server=_server(site.state),
        finding=" ".join(said[name] for name in _FINDINGS if name in said),
        facts=_facts(publication),
        parts=list(_parts(publication, draw, said)),
        years=_years(publication, site.weeks),
        notices=site.notices,
    )


def theme_page(publication: Publication | None, name: str, draw: Drawer, site: PublicSite) -> str:
    """Return the page of a theme, by its name in `THEMES`; as `page` where nothing is published."""
    if publication is None:
        return rendered("unpublished.html", site.state, PATH)
    shown = theme(name)
    return rendered(
        "public-theme.html",
        site.state,
        PATH,
        **_week(publication, site.weeks, f"{PATH}/{name}"),
        licence=site.licence,
        server=_server(site.state),
        theme=shown,
        finding=findings(publication).get(name, ""),
        panels=list(_panels(publication, draw, shown.tables, _ALL)),
        themes=[
            Link(each.title, _address(f"{PATH}/{each.name}", publication), each.name == name)
            for each in THEMES
            if any(published(publication, each.tables))
        ],
    )


def _week(publication: Publication, weeks: Sequence[str], path: str) -> dict[str, object]:
    """Return what a page says of the week, and of its place among the others."""
    place = weeks.index(publication.week) if publication.week in weeks else 0
    return {
        "publication": publication,
        "until": day_in_words(last_day(publication.week)),
        "path": path,
        "address": _address(path, publication),
        "newest": weeks[0] if place else "",
        "before": weeks[place + 1] if place + 1 < len(weeks) else "",
        "after": weeks[place - 1] if place else "",
    }


def _server(site: SiteState) -> str:
    """Return the address by which others reach the collector; empty for one that is of this machine alone."""
    return site.address if site.address.startswith("https://") else ""


def _facts(publication: Publication) -> Iterator[Fact]:
    """Yield four figures at most; each is of those who answered, whose number is in the tables."""
    k = publication.k
    states = find(publication, "installs", "state")
    for row in states.rows if states is not None else ():
        if row["state"] == "alive":
            number = row["installations"]
            yield Fact("masters that report", about(None if number is None else int(number), k), "in 13 months")
    for question, by, label in (
        ("versions", "buildbot", "run Buildbot {}"),
        ("versions", "python", "run Python {}"),
        ("environments", "system", "run on {}"),
    ):
        table = find(publication, question, by)
        rows = [row for row in table.rows if row["share"] is not None] if table is not None else []
        if rows and table is not None:
            most = max(rows, key=lambda row: float(row["share"] or 0))
            value = most[table.columns()[0]]
            yield Fact(label.format(value), percent(float(most["share"] or 0)), "more than any other")


def _parts(publication: Publication, draw: Drawer, said: dict[str, str]) -> Iterator[Part]:
    for each in THEMES:
        panels = list(_panels(publication, draw, each.first, _FIRST, whole=True))
        count = len(list(published(publication, each.tables)))
        if count:
            path = _address(f"{PATH}/{each.name}", publication)
            yield Part(each, "" if each.name in _FINDINGS else said.get(each.name, ""), panels, path, count)


def _panels(
    publication: Publication, draw: Drawer, those: Sequence[Listed], limit: int, *, whole: bool = False
) -> Iterator[Panel]:
    for listed, table in published(publication, those):
        if listed.by == "all" and not whole:
            yield from _by_kind(publication, draw, listed, table, limit)
        else:
            yield _panel(publication, draw, listed, table, limit)


def _by_kind(publication: Publication, draw: Drawer, listed: Listed, table: Answer, limit: int) -> Iterator[Panel]:
    """Yield a panel for each kind of plugin, that of which most are named first."""
    kinds: dict[str, list[Mapping[str, Cell | None]]] = {}
    for row in table.rows:
        kinds.setdefault(str(row["kind"]), []).append(row)
    for kind, rows in sorted(kinds.items(), key=lambda item: -len(item[1])):
        panel = _panel(publication, draw, listed, dataclasses.replace(table, rows=tuple(rows)), limit)
        name = f"{kind.capitalize()}{'' if kind.endswith('s') or kind == 'other' else 's'}"
        yield dataclasses.replace(panel, id=f"{panel.id}-{kind.replace(' ', '-')}", title=name)


def _panel(publication: Publication, draw: Drawer, listed: Listed, table: Answer, limit: int) -> Panel:
    drawable = any(row["share"] is not None for row in table.rows)
    return Panel(
        f"{listed.question}-{listed.by}".replace(",", "-").replace(".", "-"),
        listed.title,
        table,
        draw(table) if drawable else None,
        tables(table, limit),
        [Link(text, _download(publication, listed, name)) for name, text in _FORMATS.items()],
        notes=[listed.note] if listed.note else [],
    )


def _download(publication: Publication, listed: Listed, name: str) -> str:
    given = urlencode({"by": listed.by, "week": publication.week, "format": name})
    return f"{PATH}/api/{listed.question}?{given}"


def _address(path: str, publication: Publication) -> str:
    return f"{path}?week={publication.week}"


def _years(publication: Publication, weeks: Sequence[str]) -> list[tuple[str, list[Link]]]:
    """Return the weeks by their year, the newest first."""
    return [
        (year, [Link(week.partition("-")[2], f"{PATH}?week={week}", week == publication.week) for week in of_year])
        for year, of_year in groupby(weeks, lambda week: week.partition("-")[0])
    ]
