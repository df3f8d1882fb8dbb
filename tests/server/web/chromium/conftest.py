"""Real servers to look at in a real browser: without a report, with one installation, and with a published fleet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browsing import Browser, chromium
from tests.support.command import headcount
from tests.support.reports import REPORT
from tests.support.serving import Served, serving


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser."""
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="package")
def fleet(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a simulated fleet of which a week is published; the browser is signed in."""
    path: Path = tmp_path_factory.mktemp("fleet")
    data = path / "data"
    for command in (
        ["simulate", "--installs=600", "--days=620", "--seed=3", f"--into={data}"],
        ["publish", f"--data={data}"],
    ):
        done = headcount(*command)
        assert done.returncode == 0, done.stderr
    with serving(data, path / "stderr") as served:
        sign_in(browser, served)
        yield served


@pytest.fixture(scope="package")
def empty(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that no report came to; the browser is signed in."""
    path = tmp_path_factory.mktemp("empty")
    with serving(path / "data", path / "stderr") as served:
        sign_in(browser, served)
        yield served


@pytest.fixture(scope="package")
def alone(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that one installation reported to; the browser is signed in."""
    path = tmp_path_factory.mktemp("alone")
    with serving(path / "data", path / "stderr") as served:
        assert served.post("/v1/reports", REPORT).status == 202
        served.wait_for_installations(1)
        sign_in(browser, served)
        yield served


def sign_in(browser: Browser, served: Served) -> None:
    """Open the link that a server printed."""
    browser.open(f"{served.url}/?token={served.token}")
    assert "token" not in browser.driver.current_url
    browser.complaints()
    browser.hosts()
