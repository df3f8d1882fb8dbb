"""The page of versions: which are run, in their order, and how that changed."""

from __future__ import annotations

import dataclasses

from headcount.dashboard._panel import Asker, Drawer, Panel, is_of_few
from headcount.dashboard._site import Link
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, percent, share
from headcount.dashboard.pages._frame import Content, Fact, PanelMaker, framed, moved, read_filter
from headcount.dashboard.pages._series import (
    installations,
    newest_in_words,
    newest_series,
    past_support,
    past_support_in_words,
    place,
    row_of,
)
from headcount.questions import Answer

PATH = "/versions"
_GRAIN = "grain"
_RELEASE = "release"
PARAMETERS = (_GRAIN,)
"""The parameters of the page alone."""

_SHOWN = ("Buildbot", "Python", "Twisted", "SQLAlchemy")
_RARE = 0.005  # of the share under which a version is not drawn
_WORKERS = (
    "Only full reports tell it. A master is in the row of each version of which it has workers: shares do not add up."
)


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page."""
    filter_ = read_filter(view, PATH, *PARAMETERS)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    of_releases = view.parameters.get(_GRAIN) == _RELEASE
    links = [
        Link("By series", filter_.address(grain=None), not of_releases),
        Link("By release", filter_.address(grain=_RELEASE), of_releases),
    ]
    versions, pythons = ask(filter_.query("versions", "buildbot")), ask(filter_.query("versions", "python"))
    finding = (newest_in_words(versions), past_support_in_words(pythons), _next_end(pythons))
    return framed(
        view,
        filter_,
        Content(
            "Which versions do they run?",
            " ".join(filter(None, finding)),
            _facts(versions, pythons),
            _panels(PanelMaker(ask, draw, filter_, view.today), of_releases=of_releases),
            links,
        ),
        template="windowed.html",
    )


def _facts(versions: Answer, pythons: Answer) -> list[Fact]:
    newest, whole = newest_series(versions.until), versions.denominator or 0
    if not whole:
        return []
    two = [row for row in versions.rows if place(str(row["version"])) >= place(newest)]
    ended = installations(past_support(pythons))
    on_newest = int(row_of(versions, newest)["installations"] or 0)
    return [
        Fact(f"on Buildbot {newest}", share(on_newest, whole), f"of {count(whole)}"),
        Fact("behind it", share(whole - installations(two), whole), "on an older series"),
        Fact("series in use", count(len(versions.rows)), f"the oldest is {versions.rows[-1]['version']}"),
        *(
            [Fact("Python past its support", share(ended, pythons.denominator), f"of {count(pythons.denominator)}")]
            if pythons.denominator
            else []
        ),
    ]  # fmt: skip


def _next_end(pythons: Answer) -> str:
    """Say whose support ends next; nothing where nobody runs such a Python, or too few are known."""
    coming = [row for row in pythons.rows if str(row["supported_until"]) >= pythons.until.isoformat()]
    if not coming or not pythons.denominator or is_of_few(pythons):
        return ""
    row = min(coming, key=lambda row: str(row["supported_until"]))
    part = percent(int(row["installations"] or 0) / pythons.denominator)
    return f"The next to go is {row['version']}, which {part} run, on {row['supported_until']}."


def _panels(panels: PanelMaker, *, of_releases: bool) -> list[Panel]:
    query, grain = panels.filter.query, ".release" if of_releases else ""
    made = []
    for product in _SHOWN:
        by = product.lower()
        now = query("versions", f"{by}{grain}")
        made.append(panels.make(now, f"Which {product}?", choose=_common, notes=_rare(panels.ask(now))))
        made.append(panels.make(query("versions", by, over="month"), f"Which {product}, over time?"))
    workers = panels.make(
        query("versions", f"worker{grain}"), "Of which buildbot-worker have they workers?", notes=[_WORKERS]
    )
    return [*made, workers]


def _common(answer: Answer) -> Answer:
    """Leave what more than a few run."""
    return dataclasses.replace(answer, rows=tuple(row for row in answer.rows if float(row["share"] or 0) >= _RARE))


def _rare(answer: Answer) -> list[str]:
    """Say how many versions the chart leaves out."""
    rare = len(answer.rows) - len(_common(answer).rows)
    if not rare or is_of_few(answer):
        return []
    return [f"{rare} more, of less than {percent(_RARE)} each, {'is' if rare == 1 else 'are'} in the table alone."]
