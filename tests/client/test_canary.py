"""Nothing leaks: real masters whose every place that can hold a secret carries a marker. Stock's reporter is the control."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.support.canary import KINDS, LEVELS, Canary, canaries, crossed_canary
from tests.support.hosts import hosts_missing
from tests.support.leaks import Observed, observe, of_the_whole
from tests.support.requires import require
from tools.leaks import leaks

STOCK_LEAKS = {
    "a scheduler of no class of Buildbot's": "plugins",
    "a factory of steps of no class of Buildbot's": "plugins",
    "a class of a module under buildbot.": "plugins",
    "a class with a metaclass that lies": "plugins",
    "a class that lies about its module": "plugins",
    "a class that says a public module is its own": "plugins",
    "a class that lies about its name": "plugins",
    "a private www plugin": "www_plugins",
    "the kernel's release": "platform.platform",
    "the kernel's build": "platform.version",
    "os-release": "platform.distro",
    "BUILDBOT_VERSION": "versions.Buildbot",
}
"""What stock's reporter sends of what is private, and in which field."""


@pytest.fixture
def whole() -> Observed:
    """What left the masters of the whole canary."""
    require(hosts_missing())
    return of_the_whole()


def _nothing_leaks(observed: Observed) -> None:
    """From ours; and stock's, with the same configuration, leaks just what it is known to."""
    canary = observed.canary
    for level in LEVELS:
        sent = observed.ours[level]
        assert sent.leaks(canary) == {}, level
        assert sent.kept == sent.request.text
        assert f"headcount: sending {sent.kept.decode()}" in sent.log
        assert sent.request.body["headcount"]["level"] == level.replace("function", "custom")
        assert sent.request.body["installid"] == observed.install
    stock = observed.stock
    found = stock.leaks(canary)
    assert found.keys() == STOCK_LEAKS.keys() & canary.counted
    for kind, places in found.items():
        assert {STOCK_LEAKS[kind], "body", "raw", "log"} <= places, kind
    assert _plugins(observed.ours["basic"].request.body) == _plugins(stock.request.body), "all classes were counted"
    assert observed.ours["full"].request.body["plugins"] == observed.ours["function"].request.body["plugins"]


def _plugins(body: dict[str, dict[str, int]]) -> int:
    return sum(body["plugins"].values())


def test_nothing_leaks_where_everything_is_private(whole: Observed) -> None:
    """Every place and every shape of class at once; stock's leaks all of its list."""
    _nothing_leaks(whole)
    assert whole.stock.leaks(whole.canary).keys() == STOCK_LEAKS.keys()


def test_what_full_adds_is_told_of_what_is_private(whole: Observed) -> None:
    """Else nothing would be known of these fields: hooks, factories and configurators of their own, an odd worker."""
    body = whole.ours["function"].request.body
    assert set(body["hooks"]) == {"custom", "github"}
    assert body["workers"].keys() == {"4.3.0"}
    for field, base in (
        ("factories", "process.factory.BuildFactory"),
        ("configurators", "configurators.ConfiguratorBase"),
    ):
        assert any(name.startswith(">>") and name.endswith(base) for name in body[field]), field
        assert f"buildbot.{base}" in body["variety"]


def test_every_marker_is_where_a_master_reads_it(whole: Observed) -> None:
    """In its configuration, in its modules, or among what it saw of its host; and each kind of secret has some."""
    canary = whole.canary
    read = f"{canary.configuration(Path('/site'))} {canary.modules} {whole.seen}".lower()
    assert [text for text in canary.kinds if text not in read] == []
    assert set(canary.kinds.values()) == set(KINDS)


def test_the_page_of_leaks_is_what_is_found(whole: Observed) -> None:
    """`make docs` makes it; what is committed is what it makes."""
    page = Path(__file__).parent.parent.parent / "docs" / "leaks.md"
    assert page.read_text() == leaks(whole)


def _with_canaries(count: int) -> Callable[[Callable[[Canary], None]], Callable[[], None]]:
    """Run a test with so many canaries, the same each time; one that fails is shown as it is, since each takes seconds."""

    def decorate(test: Callable[[Canary], None]) -> Callable[[], None]:
        configured = settings(
            max_examples=count, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        made: Callable[[], None] = configured(given(canaries())(test))
        return made

    return decorate


@pytest.mark.ci
@_with_canaries(3)
def test_nothing_leaks(canary: Canary) -> None:
    """Whatever is configured, in whatever order the levels come."""
    require(hosts_missing())
    _nothing_leaks(observe(canary))


@pytest.mark.soak
@_with_canaries(100)
def test_nothing_leaks_from_a_hundred(canary: Canary) -> None:
    """The same, a hundred times."""
    require(hosts_missing())
    _nothing_leaks(observe(canary))


@pytest.mark.soak
def test_nothing_leaks_from_any_shape_of_any_base() -> None:
    """Every shape of class for every kind of plugin."""
    require(hosts_missing())
    _nothing_leaks(observe(crossed_canary()))
