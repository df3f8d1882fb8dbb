"""The environments of the version matrix: which there are, and how they are chosen."""

from __future__ import annotations

import sys

import pytest

from tests.support.environments import NAMES, NEWEST, chosen, interpreter, missing
from tools.matrix import REQUIREMENTS


def test_the_newest_is_always_chosen() -> None:
    """And those that are named beside it, once each; a name that there is not is refused with those that there are."""
    assert chosen("") == chosen("  ") == chosen(NEWEST) == [NEWEST]
    assert chosen("buildbot-4.0-python-3.11, buildbot-2.10-python-3.11") == [
        NEWEST,
        "buildbot-2.10-python-3.11",
        "buildbot-4.0-python-3.11",
    ]
    assert chosen("all") == [NEWEST, *NAMES]
    with pytest.raises(ValueError, match=r"names buildbot-1; there are: all, buildbot-2\.10-python-3\.11"):
        chosen("buildbot-1")


def test_each_has_pins_and_requirements() -> None:
    """So that its pins can be made again."""
    assert sorted(REQUIREMENTS) == NAMES


def test_a_python_is_found_by_its_version() -> None:
    """The one that runs is; one that there never was is missing, and what helps is said."""
    assert interpreter(f"{sys.version_info.major}.{sys.version_info.minor}") is not None
    assert missing(NEWEST) is None
    assert "install with: pyenv install 2.99" in str(missing("buildbot-4.3-python-2.99"))
