"""Our configurator among others, and on a configuration that was given up half way; on real masters."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from buildbot.config.errors import ConfigErrors
from buildbot.config.master import MasterConfig
from buildbot.interfaces import IConfigurator
from twisted.internet import reactor
from twisted.python import log
from zope.interface import implementer

from headcount.client import UsageData
from headcount.client import _usage_data as _usage_data_module
from tests.support.command import buildbot
from tests.support.masters import SMALL, collecting, make_master, running, start
from tests.support.reactor import in_reactor
from tests.support.waiting import wait_until

STOCK = """
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
"""

OTHER = """
from zope.interface import implementer
from buildbot.interfaces import IConfigurator

@implementer(IConfigurator)
class Other:
    def configure(self, config_dict):
        {does}

c['services'] = []
c['configurators'] = [util.UsageData(url={url!r}, level='full'), Other()]
"""


SET = "config_dict['buildbotNetUsageData'] = {}"


@pytest.mark.parametrize(
    ("does", "level"),
    [
        ("assert list(config_dict['services']) == []", "full"),
        ("config_dict['services'] = [*config_dict['services']]", "full"),
        (SET.format("'basic'"), "basic"),
        (SET.format("lambda report: {'db': report['db']}"), "custom"),
        (SET.format("None"), None),
    ],
)
def test_a_later_configurator_is_heard(tmp_path: Path, does: str, level: str | None) -> None:
    """Whatever it does to the key or to the services; and stock never sends beside us."""
    with collecting() as collector:
        other = OTHER.format(url=collector.url, does=does).replace(", level='full'", "")
        key = "c['buildbotNetUsageData'] = 'full'\n"
        with running(tmp_path / "m", SMALL + STOCK.format(url=collector.url) + key + other) as master:
            if level is not None:
                master.wait_for("the collector accepted the report")
            else:
                master.reconfigure()
            log = master.stop()
        told = [(request.path, request.body["headcount"]["level"]) for request in collector.requests]
    assert told == ([] if level is None else [("/v1/reports", level)])
    assert "Traceback" not in log


@implementer(IConfigurator)
class Other:
    """A configurator that does something with the dictionary."""

    def __init__(self, does: Callable[[dict[str, Any]], object]) -> None:
        self._does = does

    def configure(self, config_dict: dict[str, Any]) -> None:
        """Do it."""
        self._does(config_dict)


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What was logged of ours."""
    lines: list[str] = []

    def observe(event: dict[str, Any]) -> None:
        lines.extend(line for line in event.get("message", ()) if line.startswith("headcount: "))

    log.addObserver(observe)
    yield lines
    log.removeObserver(observe)


def _load(given: dict[str, Any]) -> tuple[Any, MasterConfig]:
    """Return the level of our service, None where there is none, and the configuration as Buildbot read it."""
    config = MasterConfig.loadFromDict(given, "master.cfg")
    service = config.services.get("headcount.UsageData")
    return None if service is None else service.setting.level, config


def _given(*configurators: Any, **more: Any) -> dict[str, Any]:
    return {"multiMaster": True, "configurators": [*configurators], "buildbotNetUsageData": "full", **more}


def _usage_data(**more: Any) -> UsageData:
    return UsageData("https://collector.invalid", **more)


def _appends(given: dict[str, Any]) -> None:
    given["configurators"].append(Other(lambda late: late.update(buildbotNetUsageData=None)))


@pytest.mark.parametrize(
    ("configurators", "level"),
    [
        (lambda: [_usage_data()], "full"),
        (lambda: [_usage_data(), Other(lambda given: given.update(buildbotNetUsageData="basic"))], "basic"),
        (lambda: [_usage_data(), Other(_appends)], None),
        (lambda: [_usage_data(), Other(lambda given: given.update(services=set()))], "full"),
        (lambda: [Other(lambda given: _usage_data().configure(given))], "full"),
        (lambda: (Other(lambda given: None), _usage_data()), "full"),
    ],
    ids=["alone", "before another", "before one that is appended", "before one of services", "in another", "in a tuple"],
)  # fmt: skip
def test_the_key_is_obeyed_in_any_order(configurators: Callable[[], Any], level: str | None) -> None:
    """Stock is silent, and the dictionary is as it was: loaded again, it says the same."""
    given = _given(services=[], configurators=configurators())
    listed = [*given["configurators"]]
    for _ in range(2):
        found, config = _load(given)
        assert (found, config.buildbotNetUsageData) == (level, None)
        assert list(given["configurators"])[: len(listed)] == listed
        assert not [each for each in given["configurators"] if type(each).__name__ == "_Closing"]
    changed = {"buildbotNetUsageData": "full"}
    if level != "full":
        changed["buildbotNetUsageData"] = level  # type: ignore[assignment]  # as the other one left it
    assert given.items() >= changed.items()
    assert not list(given["services"])


@pytest.mark.parametrize("length", [1, 9, 10, 50, 99, 130])
def test_however_many_are_appended_all_have_their_turn(length: int, logged: list[str]) -> None:
    """Each appends the next one, and the last switches it off: that is heard, or nothing is sent, and the log says why."""
    ran: list[int] = []

    def another(number: int) -> Other:
        def does(given: dict[str, Any]) -> None:
            ran.append(number)
            if number:
                given["configurators"].append(another(number - 1))
            else:
                given["buildbotNetUsageData"] = None

        return Other(does)

    found, config = _load(_given(_usage_data(), another(length)))
    assert (found, config.buildbotNetUsageData) == (None, None)
    assert ran == list(range(length, -1, -1))
    assert [line for line in logged if "append others without an end" in line] == [
        line for line in logged if "nothing is sent" in line
    ]
    assert any("append others without an end" in line for line in logged) == (length >= 100)


class Sorted(list):  # type: ignore[type-arg]
    """A list that goes over a copy of itself: what is appended meanwhile has no turn."""

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self[:]))


@pytest.mark.parametrize(
    "make",
    [
        lambda ours: (ours, Other(lambda _: None)),
        lambda ours: iter([ours]),
        lambda ours: Sorted([ours, Other(lambda _: None)]),
    ],
)
def test_where_nothing_can_be_last_nothing_is_sent(make: Callable[[Any], Any], logged: list[str]) -> None:
    """By nobody; and the log says what to do."""
    found, config = _load(_given(configurators=make(_usage_data())))
    assert (found, config.buildbotNetUsageData) == (None, None)
    assert [line for line in logged if "c['configurators'] is no list" in line]


class Frozen(dict):  # type: ignore[type-arg]
    """A dictionary that refuses to be changed."""

    def __setitem__(self, key: str, value: object) -> None:
        raise TypeError("frozen")


@pytest.mark.parametrize(
    "given",
    [
        lambda: Frozen(_given(_usage_data())),
        lambda: _given(_usage_data(), services=5),
        lambda: _given(_usage_data(), www={"plugins": "none"}),
        lambda: _given(_usage_data(), buildbotNetUsageData=None),
    ],
)
def test_no_dictionary_stops_the_master(given: Callable[[], dict[str, Any]], logged: list[str]) -> None:
    """Whatever cannot be done is said in one line; what Buildbot itself refuses, it refuses as it would without us."""
    made = given()
    try:
        found, _ = _load(made)
    except (TypeError, ConfigErrors):
        found = None
    assert found == ("full" if "www" in made else None)
    expected = isinstance(made, Frozen) or made.get("services") == 5
    said = [line for line in logged if "nothing will be reported: TypeError" in line]
    assert len(said) == expected
    assert all("Buildbot's own reporter may not be silenced" in line for line in said)


@pytest.mark.parametrize("services", [set, tuple, lambda: iter([])])
def test_services_of_any_kind_get_ours(services: Callable[[], Any]) -> None:
    """Buildbot takes any iterable."""
    assert _load(_given(_usage_data(), services=services()))[0] == "full"


def test_the_plugins_of_the_web_interface_are_those_of_the_configuration() -> None:
    """A master before Buildbot 4.0 takes those without a page out of its own configuration at its start."""
    given = _given(_usage_data(), www={"port": "tcp:0", "plugins": {"badges": {}, "console_view": {}}})
    _, config = _load(given)
    assert config.services["headcount.UsageData"].www == ("badges", "console_view")


def test_a_configurator_that_had_no_turn_is_told() -> None:
    """Such as one whose list was replaced later."""
    _usage_data_module.waiting.clear()
    lost, heard = _usage_data(), _usage_data()
    _load(_given(Other(lambda given: given.update(configurators=[heard]))))
    assert _usage_data_module.waiting == [lost, heard]
    _load(_given(heard))
    assert _usage_data_module.waiting == [lost]


def test_two_of_ours_are_a_configuration_error(tmp_path: Path) -> None:
    """Two would report twice, and the second could not see the key: it is said once, and what to do."""
    twice = "c['configurators'] = [util.UsageData(url='https://a.invalid'), util.UsageData(url='https://b.invalid')]\n"
    checked = buildbot("checkconfig", make_master(tmp_path / "m", SMALL + twice).basedir)
    assert checked.returncode == 1
    assert (checked.stdout + checked.stderr).count("more than one util.UsageData: leave one of them") == 1


KEPT = """
import os, sys
sys.path.insert(0, basedir)
from site_cfg import c, workers, Broken, Odd
BuildmasterConfig = c
ours = c['configurators'][:1]
c['configurators'] = [*ours, Broken()] if os.path.exists(basedir + '/broken') else ours
c['workers'] = Odd() if os.path.exists(basedir + '/odd') else workers
"""
BROKEN = """
@implementer(IConfigurator)
class Broken:
    def configure(self, config_dict):
        raise RuntimeError
class Odd(list):
    def __iter__(self):
        raise RuntimeError
workers = c['workers']
"""


@pytest.mark.parametrize("breaks", ["a configurator", "what is read later"])
@pytest.mark.parametrize(("key", "level"), [("c['buildbotNetUsageData'] = 'full'\n", ""), ("", ", level='full'")])
def test_a_configuration_that_was_given_up_leaves_no_service_behind(
    tmp_path: Path, key: str, level: str, breaks: str
) -> None:
    """In a dictionary that is kept: the reconfig that mends it works, and where the key was hidden that is said."""
    with collecting() as collector:
        other = OTHER.format(url=collector.url, does="pass").replace(", level='full'", level)
        site = f"{SMALL}{key}{other}{BROKEN}"
        master = make_master(tmp_path / "m", KEPT)
        (master.basedir / "site_cfg.py").write_text(site)
        with start(master):
            assert master.process is not None
            master.wait_for("the collector accepted the report")
            (master.basedir / ("broken" if breaks == "a configurator" else "odd")).touch()
            os.kill(master.process.pid, signal.SIGHUP)
            wait_until(lambda: "aborted without making any changes" in master.log(), "the reconfig was given up")
            next(master.basedir.glob("[bo][rd][od]*")).unlink()
            master.reconfigure()
            log = master.stop()
        assert len(collector.requests) == 1
    assert "Duplicate service name" not in log
    assert ("c['buildbotNetUsageData'] is taken for None" in log) == (breaks == "what is read later")


AGAIN = """
from buildbot.config.master import MasterConfig
real = MasterConfig.load_services
def load_services(self, filename, config_dict):
    real(self, filename, config_dict)
    self.buildbotNetUsageData = 'basic'
MasterConfig.load_services = load_services
c['configurators'] = [util.UsageData(url={url!r}, level='full')]
"""


def test_where_stock_is_not_silent_ours_is(tmp_path: Path) -> None:
    """As under a Buildbot that read the key later than all releases so far do: it is said, and one of them sends."""
    with collecting() as collector:
        configuration = SMALL + (STOCK + AGAIN).format(url=collector.url)
        with running(tmp_path / "m", configuration) as master:
            master.wait_for("so that Buildbot's own reporter is not silent")
            collector.wait()
            master.stop()
        assert {request.path for request in collector.requests} == {"/events/phone_home"}


LOST = """
from headcount.client import _usage_data
_usage_data._PATIENCE = 0.1
util.UsageData(url={url!r})
"""


def test_the_log_tells_of_a_configurator_that_had_no_turn(tmp_path: Path) -> None:
    """It was made, and is not in the list."""
    with collecting() as collector, running(tmp_path / "m", SMALL + LOST.format(url=collector.url)) as master:
        master.wait_for("but not among c['configurators'] when Buildbot goes over them")
        assert master.stop().count("not among c['configurators']") == 1
    assert collector.requests == []


def test_a_configuration_that_is_only_loaded_leaves_nothing_in_the_reactor(logged: list[str]) -> None:
    """As a test of one does; and one that was given up is told of nothing that does not hold."""
    before = in_reactor(lambda: set(reactor.getDelayedCalls()))
    in_reactor(_load, _given(_usage_data()))
    assert in_reactor(lambda: set(reactor.getDelayedCalls())) <= before
    in_reactor(_usage_data)
    (call,) = in_reactor(lambda: set(reactor.getDelayedCalls()) - before)
    in_reactor(call.reset, 0)
    wait_until(lambda: not call.active(), "the time is over")
    assert not [line for line in logged if "nothing is reported" in line]
