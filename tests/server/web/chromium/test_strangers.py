"""A stranger, who has no cookie, on the public pages: by links alone, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.browsing import NARROW, WIDE, Browser
from tests.support.command import headcount
from tests.support.serving import Served

pytestmark = pytest.mark.ci


@pytest.fixture
def stranger(browser: Browser, fleet: Served) -> Iterator[Browser]:
    """The browser without its cookies, which has them again afterwards, and runs no script."""
    browser.open(f"{fleet.url}/public")
    cookies = browser.driver.get_cookies()
    browser.driver.delete_all_cookies()
    browser.look()
    browser.let_scripts_run(run=False)
    yield browser
    browser.let_scripts_run(run=True)
    assert browser.driver.get_cookies() == []
    for cookie in cookies:
        browser.driver.add_cookie(cookie)


def test_a_stranger_comes_from_the_findings_to_the_figures(fleet: Served, stranger: Browser) -> None:
    """From the address alone to what is published, on to a theme, to its figures, to what is collected, and back."""
    from selenium.webdriver.common.by import By

    at = stranger.driver
    stranger.open(fleet.url)
    assert at.current_url == f"{fleet.url}/public"
    assert "masters reported" in at.find_element(By.CLASS_NAME, "finding").text
    at.find_element(By.CSS_SELECTOR, "#plugins p > a").click()
    assert re.fullmatch(rf"{fleet.url}/public/plugins\?week=\d{{4}}-W\d\d", at.current_url)
    assert at.find_element(By.CSS_SELECTOR, "figure svg")
    at.find_element(By.CSS_SELECTOR, "details summary").click()
    assert at.find_element(By.CSS_SELECTOR, "details td").is_displayed()
    at.find_element(By.LINK_TEXT, "All themes").click()
    at.find_element(By.LINK_TEXT, "How that protects, and how far").click()
    assert at.current_url == f"{fleet.url}/privacy#published"
    at.find_element(By.LINK_TEXT, "Public figures").click()
    assert at.current_url == f"{fleet.url}/public"


def test_a_record_is_a_page(fleet: Served, browser: Browser) -> None:
    """That is read on a screen and on a telephone."""
    released = headcount("ask", "drop", "--where=plugin = SVN", "--format=markdown", f"--data={fleet.data}")
    assert released.returncode == 0, released.stderr
    (record,) = (fleet.data / "records").iterdir()
    for width in (WIDE, NARROW):
        browser.look(width=width)
        browser.open(f"{fleet.url}/public/records/{record.stem}")
        assert browser.overflow() <= 0
        assert browser.violations() == []
    browser.look()
