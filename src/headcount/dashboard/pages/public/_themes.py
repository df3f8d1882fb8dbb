"""The themes of the public page: which tables of a publication stand together, and the question that each answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from headcount.questions import REGISTRY, Answer, NotPublished, Publication


class Listed(NamedTuple):
    """A table of publications, the question that it answers, and what must be said beside it, empty: nothing."""

    question: str
    by: str
    title: str
    note: str = ""


_SEEN_TWICE = (
    "Counted are masters that were seen on two days. Those that came in the last months are often not among them yet, so "
    "that few of the counted are new there."
)


class Theme(NamedTuple):
    """Tables on one subject; ``name``: in addresses; ``first``: those that stand on the page of the whole publication."""

    name: str
    title: str
    first: Sequence[Listed]
    further: Sequence[Listed] = ()

    @property
    def tables(self) -> Sequence[Listed]:
        """All its tables."""
        return (*self.first, *self.further)


def _versions(by: str, title: str) -> Listed:
    return Listed("versions", by, title)


def _environment(by: str, title: str) -> Listed:
    return Listed("environments", by, title)


THEMES = (
    Theme(
        "masters",
        "How many masters report?",
        (Listed("installs", "month", "How many were seen in each month?", _SEEN_TWICE),),
        (Listed("installs", "state", "How many report still, and how many no more?"),),
    ),
    Theme(
        "buildbot",
        "Which Buildbot do they run?",
        (_versions("buildbot", "Which series of Buildbot?"),),
        (_versions("buildbot.release", "Which release of Buildbot?"),),
    ),
    Theme(
        "python",
        "Which Python, Twisted and SQLAlchemy?",
        (_versions("python", "Which Python?"),),
        (
            _versions("twisted", "Which Twisted?"),
            _versions("sqlalchemy", "Which SQLAlchemy?"),
            _environment("implementation", "Which kind of Python?"),
            _versions("python.release", "Which release of Python?"),
            _versions("twisted.release", "Which release of Twisted?"),
            _versions("sqlalchemy.release", "Which release of SQLAlchemy?"),
        ),
    ),
    Theme(
        "plugins",
        "Which plugins do they use?",
        (Listed("plugins", "all", "Which plugins are used most?"),),
        (
            Listed("plugins", "www", "Which plugins of the web interface?"),
            Listed("plugins", "bands", "How many of each in a master?"),
            Listed("customization", "portion", "How much of it is made by the administrators themselves?"),
        ),
    ),
    Theme(
        "environments",
        "Where do they run?",
        (_environment("distro", "On which distribution?"),),
        (
            _environment("db", "On which database?"),
            _environment("system", "On which operating system?"),
            _environment("machine", "On which processor?"),
            _environment("mq", "With which message queue?"),
            _environment("protocol", "By which protocols do workers connect?"),
            _environment("system,machine", "On which system and processor together?"),
            _environment("distro,db", "On which distribution and database together?"),
        ),
    ),
    Theme(
        "sizes",
        "How large are they?",
        (Listed("sizes", "builders", "How many builders has a master?"),),
        (
            Listed("sizes", "workers", "How many workers has a master?"),
            Listed("sizes", "steps", "How many steps has a master?"),
        ),
    ),
    Theme(
        "reporting",
        "How much do they report?",
        (Listed("coverage", "level", "At which level do they report?"),),
        (
            Listed("coverage", "sender", "With which reporter?"),
            Listed("coverage", "field", "How many answer what?"),
        ),
    ),
)
"""The themes, in the order of the page."""


def theme(name: str) -> Theme:
    """Return the theme of a name. Raises StopIteration where there is none."""
    return next(each for each in THEMES if each.name == name)


def published(publication: Publication, listed: Sequence[Listed]) -> Iterator[tuple[Listed, Answer]]:
    """Return those tables that a publication has: one of before a table was published, or of few, has not all."""
    for each in listed:
        table = find(publication, each.question, each.by)
        if table is not None:
            yield each, table


def find(publication: Publication, question: str, by: str) -> Answer | None:
    """Return a table of a publication; None where it has none, or the registry no longer has the question."""
    if question not in REGISTRY or by not in REGISTRY[question].by:
        return None
    try:
        return publication.table(question, by)
    except NotPublished:
        return None
