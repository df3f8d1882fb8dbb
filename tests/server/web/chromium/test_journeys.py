"""What a person does with the pages, step by step, in a browser."""

from __future__ import annotations

import urllib.parse
from typing import Any

import pytest

from tests.server.web.chromium.addresses import CONDITION, EVERYBODY, MAINTAINERS
from tests.support.browsing import Browser
from tests.support.serving import Served
from tests.support.waiting import wait_until

pytestmark = pytest.mark.ci

_TAB, _ENTER = "\ue004", "\ue007"
_RING = (
    "const at = document.activeElement;"  # the button within a field for a day has a ring that no script can see
    "return at.type === 'date' ? 'of its part' : getComputedStyle(at).outlineStyle"
)
_STOPS = (
    "[...document.querySelectorAll('a[href], input:not([type=hidden]), select, button, summary, [tabindex=\"0\"]')]"
    ".filter(each => each.checkVisibility())"
)
_IN_SIGHT = (
    "const box = document.activeElement.getBoundingClientRect();"
    "return box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0"
)


def _find(browser: Browser, selector: str) -> Any:
    return browser.driver.find_element("css selector", selector)


def _submit(browser: Browser, selector: str) -> None:
    _find(browser, f"{selector} button").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_condition_is_added_by_a_click_and_taken_away_by_another(
    browser: Browser, fleet: Served, scripts: bool
) -> None:
    """A value in a table is a link; each part of the condition is a chip; the address is that of the question."""
    browser.look()
    browser.let_scripts_run(scripts)
    try:
        browser.open(f"{fleet.url}/environments")
        for closed in browser.driver.find_elements("css selector", "details:not([open]) > summary"):
            closed.click()
        link = _find(browser, "main td a[href*='where=']")
        link.click()
        address = urllib.parse.urlsplit(browser.driver.current_url)
        (where,) = urllib.parse.parse_qs(address.query)["where"]
        assert address.path == "/environments"
        assert _find(browser, ".chip code").text == where
        _find(browser, ".chip a").click()
        assert "where" not in browser.driver.current_url
        assert browser.complaints() == []
    finally:
        browser.let_scripts_run(True)


def test_the_bar_asks_and_its_address_has_no_more_than_what_is_asked(browser: Browser, fleet: Served) -> None:
    """Empty fields are left out; a plugin that is added is a part of the condition."""
    browser.look()
    browser.open(f"{fleet.url}/versions")
    _find(browser, ".bar [name=where]").send_keys("python < 3.12")
    _find(browser, ".bar [name=plugin]").send_keys("Git")
    _submit(browser, ".bar")
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.driver.current_url).query)
    assert asked == {"where": ["python < 3.12 and plugin = Git"]}
    assert len(browser.driver.find_elements("css selector", ".chip")) == 2


def test_what_is_wrong_stands_under_its_field_and_leaves_the_last_answer(browser: Browser, fleet: Served) -> None:
    """The field is described by it, for who cannot see it."""
    browser.look()
    browser.open(f"{fleet.url}/versions?where=python+%3C+3.12")
    before = _find(browser, ".finding").text
    field = _find(browser, ".bar [name=where]")
    field.clear()
    field.send_keys("pythn < 3.12")
    _submit(browser, ".bar")
    field = _find(browser, ".bar [name=where]")
    assert field.get_attribute("value") == "pythn < 3.12"
    assert field.get_attribute("aria-invalid") == "true"
    problem = _find(browser, f"#{field.get_attribute('aria-describedby')}")
    assert "did you mean python?" in problem.text
    assert _find(browser, ".finding").text == before
    browser.complaints()  # the status 400


def test_the_keyboard_alone_is_enough(browser: Browser, fleet: Served) -> None:
    """The first stop skips to the content; each stop is seen; a condition is typed and asked without a mouse."""
    browser.look()
    browser.open(f"{fleet.url}/versions")
    browser.press(_TAB)
    assert browser.focused() == "A Skip to the content"
    browser.press(_ENTER)
    assert browser.run("return location.hash") == "#content"
    stops = []
    for _ in range(12):
        browser.press(_TAB)
        stops.append(browser.focused())
        assert browser.run(_RING) != "none", stops
    assert "INPUT where" in stops
    browser.open(f"{fleet.url}/versions")
    while browser.focused() != "INPUT where":
        browser.press(_TAB)
    browser.press("db = sqlite", _ENTER)
    wait_until(lambda: "where=db" in browser.driver.current_url, "the condition was asked")
    assert _find(browser, ".chip code").text == "db = sqlite"


@pytest.mark.soak
@pytest.mark.parametrize("address", [*MAINTAINERS, *EVERYBODY, f"/drop?{CONDITION}"])
def test_the_keyboard_reaches_all_of_a_page(browser: Browser, fleet: Served, address: str) -> None:
    """Each link, field and button is a stop, in the order in which they are read, and each stop is seen."""
    browser.look()
    browser.open(f"{fleet.url}{address}")
    wanted = int(browser.run(f"return {_STOPS}.length"))
    reached: list[int] = []
    for _ in range(4 * wanted):  # a field for a day has a stop for each of its parts
        browser.press(_TAB)
        at = int(browser.run(f"return {_STOPS}.indexOf(document.activeElement)"))
        if at < 0:
            break
        assert browser.run(_RING) != "none", browser.focused()
        assert browser.run(_IN_SIGHT), browser.focused()
        if reached[-1:] != [at]:
            reached.append(at)
    assert reached == list(range(wanted))


def test_search_leads_to_a_plugin_a_release_and_a_question(browser: Browser, fleet: Served) -> None:
    """What is found once is opened."""
    browser.look()
    for typed, path in (("CVS", "/plugins/"), ("4.2.0", "/upgrades"), ("pipelines", "/questions/pipelines")):
        browser.open(fleet.url)
        _find(browser, "[role=search] [name=q]").send_keys(typed)
        _submit(browser, "[role=search]")
        assert urllib.parse.urlsplit(browser.driver.current_url).path.startswith(path), typed


def test_an_answer_is_downloaded(browser: Browser, fleet: Served) -> None:
    """Each format that stands beside a chart is the API's, with the same parameters."""
    browser.look()
    browser.open(f"{fleet.url}/versions?where=python+%3C+3.12")
    links = [link.get_attribute("href") for link in browser.driver.find_elements("css selector", ".away a")]
    api = [link for link in links if "/api/ask/" in link]
    assert {urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["format"][0] for link in api} >= {
        "csv", "json", "parquet", "svg", "png"
    }  # fmt: skip
    for link in dict.fromkeys(link.partition("#")[0] for link in api):
        answered = fleet.request(
            "GET", link.removeprefix(fleet.url), headers={"Authorization": f"Bearer {fleet.token}"}
        )
        assert answered.status == 200, link


def test_who_is_not_signed_in_sees_what_is_published(browser: Browser, fleet: Served) -> None:
    """And every page of that leads to what is collected."""
    cookies = browser.driver.get_cookies()
    browser.driver.delete_all_cookies()
    browser.open(fleet.url)
    assert urllib.parse.urlsplit(browser.driver.current_url).path == "/public"
    assert browser.driver.find_elements("css selector", "a[href='/privacy']")
    assert browser.driver.find_elements("css selector", "figure svg")
    for cookie in cookies:
        browser.driver.add_cookie(cookie)
    assert browser.complaints() == []
