"""What several rooms of the tests share: the wheel, and what Hypothesis does unless a test says otherwise."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.support.engines import Engine

# The same examples each time, wherever it runs and however slow; the soaks draw others each time.
settings.register_profile("headcount", deadline=None, derandomize=True, database=None)
settings.load_profile("headcount")

# A shell has what it starts in the background ignore Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent

pytest.register_assert_rewrite("tests.support")  # what is asserted there is shown as it is in a test


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of long tests: one that came last would run while the other worker has nothing to do."""
    items.sort(key=lambda item: not _is_of_long_file(item))


def _is_of_long_file(item: pytest.Item) -> bool:
    modules = (node for node in item.listchain() if isinstance(node, pytest.Module))
    return any(mark.name == "ci" for module in modules for mark in module.own_markers)


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """Return an engine by its name; it is started when it is asked for first, and ended with the last test."""
    from tests.support.engines import started

    with ExitStack() as stack:

        @cache
        def engine(name: str) -> Engine:
            return stack.enter_context(started(name, tmp_path_factory.mktemp(name)))

        yield engine


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (made,) = out.glob("*.whl")
    return made
