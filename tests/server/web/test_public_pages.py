"""The public pages in a real headless Chromium, as a stranger sees them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headcount.dashboard import THEMES
from tests.support.browsing import NARROW, WIDE, Browser, chromium
from tests.support.command import headcount
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until

pytestmark = pytest.mark.ci

PATHS = ("/public", *(f"/public/{theme.name}" for theme in THEMES), "/public/dictionary", "/public/records", "/privacy")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a simulated fleet that has published, and a record that was released."""
    path: Path = tmp_path_factory.mktemp("public-pages")
    made = headcount("simulate", "--installs=450", "--days=450", f"--into={path / 'data'}")
    assert made.returncode == 0, made.stderr
    with serving(path / "data", path / "stderr") as served:
        wait_until(lambda: served.request("GET", "/public/api").status == 200, "the week was published")
        released = headcount("ask", "drop", "--where=plugin = SVN", "--format=markdown", f"--data={served.data}")
        assert released.returncode == 0, released.stderr
        yield served


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a cookie."""
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def _paths(server: Served) -> list[str]:
    (record,) = (path.stem for path in (server.data / "records").iterdir())
    return [*PATHS, f"/public/records/{record}"]


def test_public_pages_are_for_everybody(server: Served, browser: Browser) -> None:
    """On a screen and a telephone, light and dark: nothing is wider than the screen, nothing wrong by axe's rules."""
    for width, dark in ((WIDE, False), (NARROW, True)):
        browser.look(width=width, dark=dark)
        for path in _paths(server):
            browser.open(f"{server.url}{path}")
            assert browser.overflow() <= 0, (path, width)
            assert browser.violations() == [], (path, width)
    assert browser.complaints() == []
    assert {host for host in browser.hosts() if not host.startswith("127.0.0.1:")} == set()
    assert browser.driver.get_cookies() == []


def test_a_stranger_comes_from_the_findings_to_the_figures(server: Served, browser: Browser) -> None:
    """Without scripts: by links alone to a theme, to the privacy page, and back."""
    from selenium.webdriver.common.by import By

    browser.look()
    browser.let_scripts_run(run=False)
    browser.open(server.url)
    assert browser.driver.current_url == f"{server.url}/public"
    assert "masters reported" in browser.driver.find_element(By.CLASS_NAME, "finding").text
    browser.driver.find_element(By.CSS_SELECTOR, "#plugins p > a").click()
    assert "/public/plugins?week=" in browser.driver.current_url
    assert browser.driver.find_elements(By.CSS_SELECTOR, "figure svg")
    browser.driver.find_element(By.LINK_TEXT, "What is collected").click()
    assert browser.driver.current_url == f"{server.url}/privacy"
    browser.driver.find_element(By.LINK_TEXT, "Public figures").click()
    assert browser.driver.current_url == f"{server.url}/public"
    browser.let_scripts_run(run=True)
