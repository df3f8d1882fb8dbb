"""Every page, as it is looked at: on a screen and on a telephone, in the light and in the dark, and printed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.server.web.chromium.addresses import EVERYBODY, FURTHER, MAINTAINERS, QUESTIONS
from tests.support.browsing import NARROW, WIDE, Browser
from tests.support.serving import Served

pytestmark = pytest.mark.ci

_REFUSED = ("pythn",)  # what is wrong is answered with 400, which Chromium notes


_LOOKS = ((WIDE, False), (WIDE, True), (NARROW, False))  # how wide the screen is, and whether in the dark


def _assert_sound(browser: Browser, served: Served, address: str, looks: Sequence[tuple[int, bool]] = _LOOKS) -> None:
    """Assert that a page is whole: nothing cut, nothing wider than the screen, nothing from elsewhere, no complaint.

    In more than one look also that axe-core finds no fault.
    """
    for width, dark in looks:
        browser.look(width=width, dark=dark)
        browser.open(f"{served.url}{address}")
        seen = f"{address} at {width}, {'dark' if dark else 'light'}"
        assert browser.run("return document.querySelectorAll('h1').length") == 1, seen
        assert browser.overflow() <= 0, seen
        assert browser.cut_labels() == [], seen
        assert browser.cut_hints() == [], seen
        if width == WIDE and len(looks) > 1:
            assert browser.violations(*(["color-contrast"] if dark else [])) == [], seen
        assert browser.hosts() == {served.url.partition("//")[2]}, seen
        complaints = browser.complaints()
        assert not complaints or any(word in address for word in _REFUSED), (seen, complaints)


@pytest.mark.parametrize("address", [*MAINTAINERS, *FURTHER])
def test_a_page_is_sound(browser: Browser, fleet: Served, address: str) -> None:
    """In every look, with what axe-core asks of it."""
    _assert_sound(browser, fleet, address)


@pytest.mark.soak
@pytest.mark.parametrize("address", QUESTIONS)
def test_the_page_of_a_question_is_sound(browser: Browser, fleet: Served, address: str) -> None:
    """Likewise."""
    _assert_sound(browser, fleet, address)


@pytest.mark.parametrize("address", EVERYBODY)
def test_a_page_for_everybody_is_sound(browser: Browser, fleet: Served, address: str) -> None:
    """Likewise."""
    _assert_sound(browser, fleet, address)


@pytest.mark.parametrize("address", MAINTAINERS)
def test_a_page_of_an_empty_collector_is_sound(browser: Browser, empty: Served, address: str) -> None:
    """It says that no report came, and how to point a master at it."""
    _assert_sound(browser, empty, address, _LOOKS[:1])
    assert "UsageData" in browser.run("return document.body.innerText")


@pytest.mark.parametrize("address", [*MAINTAINERS, "/drop?where=plugin+%3D+Git"])
def test_a_page_of_one_installation_is_sound(browser: Browser, alone: Served, address: str) -> None:
    """It has counts and no shares."""
    _assert_sound(browser, alone, address, _LOOKS[:1])
    assert "%" not in browser.run("return document.querySelector('.finding')?.innerText ?? ''")


@pytest.mark.parametrize("address", ["/", "/drop?where=plugin+%3D+Git", "/public"])
def test_a_page_is_printed_without_what_only_a_screen_needs(browser: Browser, fleet: Served, address: str) -> None:
    """The charts are there; the bar and the navigation are not."""
    browser.look(printed=True)
    browser.open(f"{fleet.url}{address}")
    shown = "return [...document.querySelectorAll(%r)].filter(each => each.getBoundingClientRect().height).length"
    assert browser.run(shown % "svg") > 0
    assert browser.run(shown % "header.site, .bar, .away") == 0
    browser.look()


@pytest.mark.parametrize("address", [*MAINTAINERS, *EVERYBODY])
def test_a_page_needs_no_script(fleet: Served, address: str) -> None:
    """It has none."""
    answered = fleet.request("GET", address, headers={"Authorization": f"Bearer {fleet.token}"})
    assert answered.status == 200
    assert b"<script" not in answered.body
