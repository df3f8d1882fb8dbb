"""What concerns a master: of its report, and of a publication."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date

import pytest

from headcount.client.advice import Concern, Source, among_others, concerns, read_publication
from headcount.client.advice._versions import bounds
from headcount.contract import Name, Notice, Profile, Release, supported
from tests.support.publications import publication

TODAY = date(2026, 11, 30)
GIT, SVN, SHELL = "buildbot.steps.source.git.Git", "buildbot.steps.source.svn.SVN", "buildbot.steps.shell.ShellCommand"
NEWEST = Profile(
    "headcount", "full", buildbot=Release(4, 3, 0), python=Release(3, 12, 1), twisted=Release(26, 10, 0),
    sqlalchemy=Release(2, 0, 41), system="Linux", db="sqlite", plugins=((Name(GIT), 3), (Name(SHELL, 1), 2)),
)  # fmt: skip
PUBLISHED = read_publication(publication().to_json().encode())


def told(profile: Profile, today: date = TODAY) -> list[tuple[str, str]]:
    """The kinds and names of what concerns a master without network and files."""
    return [(concern.kind, concern.name) for concern in concerns(profile, today)]


def test_nothing_concerns_a_master_that_is_up_to_date() -> None:
    """Its versions are supported, and what it uses is not deprecated."""
    assert told(NEWEST) == []


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"python": Release(3, 9, 2)}, ["support", "next"]),
        ({"twisted": Release(24, 3, 0)}, ["next"]),
        ({"sqlalchemy": Release(1, 3, 24)}, ["support", "next"]),
        ({"sqlalchemy": Release(1, 4, 54)}, ["support"]),
        ({"buildbot": Release(4, 2, 1)}, ["support"]),
        ({"workers": ((Release(0, 8, 14), 2), (Release(4, 3, 0), 1))}, ["support"]),
    ],
)
def test_versions_are_held_against_their_support_and_the_next_series(
    change: dict[str, object], kinds: list[str]
) -> None:
    """Of Buildbot, Python, Twisted, SQLAlchemy and workers; the last day of support still counts."""
    assert [kind for kind, _ in told(replace(NEWEST, **change))] == kinds  # type: ignore[arg-type]  # by its fields
    assert told(replace(NEWEST, python=Release(3, 10, 1)), date.fromisoformat(supported()["python", "3.10"])) == []


def test_each_bound_has_a_kind_a_release_and_a_link() -> None:
    """The table of versions is whole."""
    for bound in bounds():
        assert bound.kind in ("support", "next")
        assert any(bound.below)
        assert bound.link.startswith("https://")


def test_a_deprecated_class_of_a_report_is_told_without_a_line_unless_the_files_show_it() -> None:
    """Once, whatever else the report counts of it."""
    profile = replace(NEWEST, factories=((Name("buildbot.process.factory.Distutils", 1), 1),))
    assert [(concern.name, concern.place) for concern in concerns(profile, TODAY)] == [("Distutils", None)]
    source = Source("master.cfg", ast.parse("from buildbot.process.factory import Distutils\nDistutils()\n"))
    told = concerns(profile, TODAY, sources=[source])
    assert [(concern.name, concern.place) for concern in told] == [("Distutils", "master.cfg:2")]


def test_only_a_notice_that_is_true_and_has_not_ended_concerns() -> None:
    """One of which the master cannot say whether it is meant concerns it as little."""
    link = "https://github.com/buildbot/buildbot/issues/1"
    notice = Notice("Tell us", link, date(2026, 11, 30), ("is", "db", "sqlite"), "the maintainers", date(2026, 11, 1))
    over = replace(notice, until=date(2026, 11, 29))
    other, unknown = replace(notice, condition=("is", "db", "mysql")), replace(notice, condition=("is", "mq", "wamp"))
    (concern,) = concerns(NEWEST, TODAY, [over, other, unknown, notice])
    assert concern == Concern("notice", "Tell us", "Tell us (the maintainers, until 2026-11-30)", None, link)


def test_what_hardly_anybody_uses_is_told_by_a_publication() -> None:
    """Under one in fifty, and, where it is not named, under the publication's k: a candidate if Buildbot still has it.

    What only full reports count, bases, and classes of one's own are not looked for.
    """
    hardly = read_publication(publication().to_json().replace('"share": 0.7,', '"share": 0.019,', 1).encode())
    assert concerns(NEWEST, TODAY, published=PUBLISHED) == []
    (of_git,) = concerns(NEWEST, TODAY, published=hardly)
    assert (of_git.kind, of_git.text) == ("rare", f"{GIT}: 1.9% of masters use it")
    untold = (
        (Name("custom", 2), 1),
        (Name("buildbot.www.auth.AuthBase", 1), 1),
        (Name("buildbot.www.auth.UserPasswordAuth"), 1),
    )
    with_svn = replace(NEWEST, plugins=(*untold, (Name("buildbot.steps.mtrlogobserver.MTR"), 1), (Name(SVN, 1), 1)))
    told = [
        concern
        for concern in concerns(with_svn, TODAY, published=PUBLISHED)
        if concern.kind not in ("deprecated", "removed")
    ]
    assert [(concern.kind, concern.name) for concern in told] == [
        ("candidate", SVN), ("rare", "buildbot.steps.mtrlogobserver.MTR")
    ]  # fmt: skip
    assert told[0].text == f"{SVN}: fewer than 5 masters are counted with it: a candidate for removal"


def test_oneself_among_others() -> None:
    """A share of each version and each value that the publication has a table of; what it does not name is few."""
    assert [concern.text for concern in among_others(NEWEST, PUBLISHED)] == [
        "your Buildbot, 4.3: 67% of masters",
        "your Python, 3.12: 50% of masters",
        "your operating system, Linux: 90% of masters",
        "your database, sqlite: fewer than 5 masters",
    ]


def test_of_few_installations_nothing_is_called_rare() -> None:
    """Their publication has no table of classes."""
    of_few = publication(tables=publication().tables[:2])
    assert concerns(NEWEST, TODAY, published=read_publication(of_few.to_json().encode())) == []
