"""Texts longer than any that is published: they are no public ones, and that is known from their length alone.

Eight megabytes of one name once took half a second to split, in which nothing else could run.
"""

from __future__ import annotations

import ast

import pytest

from headcount.contract import CUSTOM, Name, kernel, parse_name, parse_release, read_stock, vocabulary
from headcount.contract._distributions import OTHER, distribution, stock_distribution
from headcount.contract._names import MAX_DEPTH
from headcount.contract._wire import LONGEST_TEXT

LONG = LONGEST_TEXT + 1


def test_every_public_name_is_shorter() -> None:
    """Also with the longest prefix that counts."""
    known = vocabulary()
    assert max(map(len, [*known.kinds, *known.moved, *known.www])) + MAX_DEPTH + 1 < LONGEST_TEXT


@pytest.mark.parametrize("size", [LONGEST_TEXT, LONG])
def test_a_text_is_read_up_to_a_length(size: int) -> None:
    """One character more, and a text of the right form is no name, release, kernel or distribution."""
    read = size == LONGEST_TEXT
    assert (parse_name("a/" * (size // 2 - 1) + "b" * (2 + size % 2)) is not None) is read
    assert (parse_release("4.3.0" + "x" * (size - 5)) is not None) is read
    assert (kernel("6.1" + "-" * (size - 3)) == "6.1") is read
    assert (distribution("debian", "12" + " " * (size - 2)) == "debian:12") is read
    listed = "linux_distribution:('debian', '12', '" + "x" * (size - 39) + "')"
    assert len(listed) == size
    assert (stock_distribution(listed, "Linux")[0] != OTHER) is read


def test_long_texts_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own reader of literals would take a hundred times their memory."""

    def refuse(_: str) -> object:
        raise AssertionError

    monkeypatch.setattr(ast, "literal_eval", refuse)
    assert stock_distribution("linux_distribution:(" + "'a'," * 1000 + ")", "Linux") == (OTHER, True)


def test_a_report_with_long_texts_is_scrubbed() -> None:
    """Each of them counts as one value that was not public."""
    long = "a/" * LONG
    report = read_stock(
        {
            "plugins": {long: 1, ">" * LONG + "buildbot.steps.shell.ShellCommand": 2},
            "www_plugins": [long],
            "versions": {"Python": "3." * LONG},
            "platform": {"system": "Linux", "platform": "Linux-" + "6." * LONG, "distro": [long, long]},
        },
        vocabulary(),
    )
    assert report.profile.plugins == ((Name(CUSTOM), 3),)
    scrubbed = dict(report.profile.scrubbed)
    assert (scrubbed["plugins"], scrubbed["www_plugins"], scrubbed["versions.Python"]) == (2, 1, 1)
    assert scrubbed["platform.version"] == scrubbed["platform.distro"] == 1
