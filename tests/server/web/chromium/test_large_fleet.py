"""The pages of a collector of 200,000 installations, as they are looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench._dashboard import Dashboard, dashboard
from tests.server.web.chromium.addresses import CONDITION, MAINTAINERS
from tests.support.browsing import NARROW, WIDE, Browser

pytestmark = pytest.mark.soak

_INSTALLATIONS, _REPORTS = 200_000, 10_000_000
_HEAVIEST = 60_000  # bytes of a page, compressed


@pytest.fixture(scope="module")
def large(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A server over a large fleet; the browser is signed in."""
    with dashboard(tmp_path_factory.mktemp("large") / "data", _INSTALLATIONS, _REPORTS) as served:
        browser.open(f"http://127.0.0.1:{served.port}/?token={served.token}")
        yield served


@pytest.mark.parametrize("address", [*MAINTAINERS, f"/drop?{CONDITION}", f"/?{CONDITION}&with=28d"])
def test_a_page_of_many_installations_is_sound(browser: Browser, large: Dashboard, address: str) -> None:
    """Nothing is cut, nothing is wider than the screen, and the page is no heavier than others."""
    for width in (WIDE, NARROW):
        browser.look(width=width)
        browser.open(f"http://127.0.0.1:{large.port}{address}")
        assert browser.run("return document.querySelectorAll('h1').length") == 1
        assert browser.overflow() <= 0
        assert browser.cut_labels() == []
        assert browser.cut_hints() == []
        assert browser.complaints() == []
    sent = "return performance.getEntriesByType('navigation')[0].encodedBodySize"
    assert 0 < int(browser.run(sent)) <= _HEAVIEST
