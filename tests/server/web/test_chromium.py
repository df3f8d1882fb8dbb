"""The first page in a real headless Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headcount.questions import PUBLIC_TABLES, REGISTRY
from tests.support import captures
from tests.support.command import headcount
from tests.support.requires import require
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until


def _missing() -> str | None:
    if shutil.which("chromium") and shutil.which("chromedriver"):
        return None
    return "Chromium is missing; install with: apt-get install -y chromium chromium-driver"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that was sent every capture."""
    require(_missing())
    path: Path = tmp_path_factory.mktemp("page")
    with serving(path / "data", path / "stderr") as served:
        reports = captures.reports()
        for _, body in reports:
            served.post("/events/phone_home", body)
        served.wait_for_installations(len({body["installid"] for _, body in reports}))
        yield served


@pytest.fixture(scope="module")
def browser(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium that can reach this machine alone."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    profile = tmp_path_factory.mktemp("chromium")
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1200,2600",
        f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options, service)
    yield driver
    driver.quit()
    assert service.process.stdout is None


def _all_drawn(browser: Any) -> bool:
    return int(browser.execute_script("return document.querySelectorAll('.chart.drawn svg').length")) == 6


def test_the_link_opens_a_page_with_charts(server: Served, browser: Any) -> None:
    """Six charts are drawn under the page's policy, with bars in them; nothing is refused and nothing else is loaded."""
    browser.get(f"{server.url}/?token={server.token}")
    assert "token" not in browser.current_url
    wait_until(lambda: _all_drawn(browser), "all charts were drawn")
    bars = browser.execute_script("return document.querySelectorAll('#versions-buildbot .mark-rect path').length")
    assert bars == len(server.ask("versions")["rows"])
    assert browser.get_log("browser") == []
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert {name.partition("/static/")[0] for name in loaded} == {server.url}


def test_the_other_bases_have_pages(server: Served, browser: Any) -> None:
    """The links lead to them; the figures are those of the API."""
    from selenium.webdriver.common.by import By

    browser.find_element(By.LINK_TEXT, "confirmed").click()
    confirmed = server.ask("versions", basis="confirmed")["denominator"]
    assert confirmed == 0  # each reported on one day
    caption = browser.find_element(By.CSS_SELECTOR, "#versions-buildbot figcaption").text
    assert caption.startswith("Not known: there are no installations confirmed that answered versions.Buildbot")


def _drawn(browser: Any) -> bool:
    return bool(browser.execute_script("return document.querySelector('.chart.drawn svg') !== null"))


_OF_THE_PAST = ("upgrades", "changes")  # what these compare with is before all reports of this server


@pytest.mark.parametrize("name", REGISTRY)
def test_each_question_has_a_page_that_the_first_one_leads_to(server: Served, browser: Any, name: str) -> None:
    """Its chart is drawn under the page's policy, with the figures of the API; a condition is typed where one is needed."""
    from selenium.webdriver.common.by import By

    browser.get(f"{server.url}/")
    browser.find_element(By.LINK_TEXT, REGISTRY[name].title).click()
    where = {}
    if next(iter(REGISTRY[name].by.values())).scope.subject:
        assert "give one" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
        where["where"] = "plugin%20=%20Git"
        browser.find_element(By.NAME, "where").send_keys("plugin = Git")
        browser.find_element(By.TAG_NAME, "button").click()
    if name in _OF_THE_PAST:
        assert "reports are held since" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
        return
    expected = server.ask(name, **where)["rows"]
    if expected:
        wait_until(lambda: _drawn(browser), "the chart was drawn")
    rows = browser.find_elements(By.CSS_SELECTOR, "table:not(.beside) tbody tr")
    assert len(rows) == min(len(expected), 200)
    assert browser.get_log("browser") == []


def test_a_wrong_condition_is_pointed_at(server: Served, browser: Any) -> None:
    """The page says where, and keeps what was typed."""
    from selenium.webdriver.common.by import By

    browser.get(f"{server.url}/questions/versions")
    browser.find_element(By.NAME, "where").send_keys("pythn < 3.10")
    browser.find_element(By.TAG_NAME, "button").click()
    said = browser.find_element(By.CSS_SELECTOR, "[role=alert]").text.split("\n")
    assert said[0].startswith("where, character 1: there is no 'pythn' (did you mean python?)")
    assert said[-1].strip() == "^"
    assert browser.find_element(By.NAME, "where").get_attribute("value") == "pythn < 3.10"
    browser.get_log("browser")  # Chromium notes the status 400


@pytest.mark.ci
def test_without_the_cookie_there_is_what_is_published(server: Served, browser: Any) -> None:
    """A browser that did not open the link sees the publication, drawn, and no other figure."""
    browser.delete_all_cookies()
    browser.get(server.url)
    assert "Nothing is published yet" in browser.page_source
    simulated = headcount("simulate", "--installs=450", "--days=500", f"--into={server.data}")
    assert simulated.returncode == 0, simulated.stderr
    published = headcount("publish", f"--data={server.data}")
    assert published.returncode == 0, published.stderr
    browser.get(server.url)
    assert browser.current_url == f"{server.url}/public"
    tables = len(PUBLIC_TABLES)
    wait_until(
        lambda: int(browser.execute_script("return document.querySelectorAll('.chart.drawn svg').length")) == tables,
        "all charts were drawn",
    )
    assert browser.get_log("browser") == []
    assert "These figures are protected" in browser.page_source
