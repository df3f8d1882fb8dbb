"""What a publication says in sentences: of what is published alone, and never as if it were exact."""

from __future__ import annotations

import pytest

from headcount.dashboard.pages.public._findings import about, findings, part
from headcount.dashboard.pages.public._themes import THEMES
from headcount.questions import PUBLIC_TABLES
from tests.support.publications import FLEET, publication, table

NO_BREAK = "\N{NO-BREAK SPACE}"


def _said(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def test_the_figures_become_sentences() -> None:
    """A theme each; the rare names are no finding, and of what is under k nothing is said."""
    assert {name: _said(text) for name, text in findings(publication()).items()} == {
        "masters": "About 1,520 masters reported in the 13 months to 29 November 2026, each on two days or more.",
        "buildbot": "Two of three (67%) of those that say so run Buildbot 4.3, the newest series; 1.7% run one that is "
        "not released.",
        "python": "Python 3.12 is the most common one, with one of two (50%). About 9.1% run a Python past the end of its "
        "support.",
        "plugins": "The steps that most masters use are ShellCommand and Git.",
        "environments": "Nine of ten (90%) run on Linux.",
        "sizes": "Most often a master has 6\N{EN DASH}20 builders (43%).",
    }


def test_a_count_under_k_is_said_to_be_one() -> None:
    """And of a publication with no tables nothing is said."""
    few = publication(tables=[table("installs", "state", [("alive", None)])])
    assert findings(few)["masters"].startswith("Fewer than 5 masters reported in the 13 months")
    assert findings(publication(tables=[])) == {}


def test_the_newest_series_is_the_newest_that_is_released() -> None:
    """It is said beside the one that most run; where of that itself no figure is said, the words do not claim it."""
    both = publication(tables=[table("versions", "buildbot", [("4.3", 100), ("4.2", 700)], grain="series")])
    assert _said(findings(both)["buildbot"]).endswith(" run Buildbot 4.2; one of ten (10%) run 4.3, the newest series.")
    older = publication(tables=[table("versions", "buildbot", [("4.3", None), ("4.2", 700)], grain="series")])
    assert findings(older)["buildbot"].endswith("Buildbot 4.2, the newest of which a figure is said.")


def test_a_publication_of_before_there_were_series_says_the_release() -> None:
    """Its end of support is that of no series, and is not said."""
    old = publication(tables=[
        table("versions", "buildbot", [("4.3.0", 670)]), table("versions", "python", [("3.9.10", 600)])
    ])  # fmt: skip
    said = findings(old)
    assert (
        _said(said["buildbot"]) == "Two of three (67%) of those that say so run Buildbot 4.3.0, of the newest series."
    )
    assert _said(said["python"]) == "Python 3.9.10 is the most common one, with 60%."


@pytest.mark.parametrize(
    ("number", "said"), [(None, "fewer than 5 masters"), (7, "about 7 masters"), (99, "about 99 masters"),
                         (1526, "about 1,530 masters")],
)  # fmt: skip
def test_no_count_is_said_as_exact(number: int | None, said: str) -> None:
    """Large ones are rounded by more than their noise tells."""
    assert about(number, 5, "master") == said


@pytest.mark.parametrize(
    ("share", "said"), [(0.667, "two of three (67%)"), (0.6725, "two of three (67%)"), (0.7, "70%"), (0.02, "2.0%")]
)
def test_a_share_near_a_fraction_is_called_so(share: float, said: str) -> None:
    """Others are in percent alone."""
    assert _said(part(share)) == said


def test_each_public_table_is_in_one_theme() -> None:
    """A table that is added to the publication has to be put into one."""
    listed = [(each.question, each.by) for theme in THEMES for each in theme.tables]
    assert sorted(listed) == sorted((each.question, each.by) for each in PUBLIC_TABLES)
    assert {(each.question, each.by) for each in FLEET} <= set(listed)
