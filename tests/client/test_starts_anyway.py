"""Real masters start, and report, where the reporter of stock Buildbot holds them up or stops them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.masters import SMALL, STARTED, collecting, is_quiet, running
from tests.support.namespaces import namespaces_missing, with_files, with_silent_dns
from tests.support.reporter_calls import WATCH, calls
from tests.support.requires import require
from tests.support.waiting import wait_until

OURS = "\nc['configurators'] = [util.UsageData(url={url!r}, level='full')]\n"
STOCK = """
c['buildbotNetUsageData'] = 'full'
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
"""
NOWHERE = "http://127.0.0.1:1"
STOPPED = 25.0  # seconds; a name server that is silent is given up after 60

INTERPOLATED = "\nc['db_url'] = util.Interpolate('sqlite://%(kw:rest)s', rest='')\n"
SECRET = """
from buildbot.plugins import secrets
c['secretsProviders'] = [secrets.SecretInAFile(dirname={directory!r})]
c['db_url'] = util.Secret('database')
"""
FORGETFUL = """
c['workers'] = [worker.Worker('w1', 'password')]  # one that is local asks for the machine's name, and reads os-release
import twisted.mail.smtp  # it asks for the machine's name when it is imported
with open({hosts!r}, 'w') as hosts:
    hosts.write('127.0.0.1 localhost')
"""


def _secret(directory: Path) -> str:
    """Keep the database's URL where a provider of secrets finds it; give the configuration that asks it."""
    directory.mkdir(mode=0o700)
    (directory / "database").write_text("sqlite://")
    (directory / "database").chmod(0o600)
    return SECRET.format(directory=str(directory))


@pytest.mark.parametrize("database", ["interpolated", "secret"])
def test_with_a_database_whose_url_is_no_text(tmp_path: Path, database: str) -> None:
    """The type of the database is known all the same: the one that is open."""
    key = INTERPOLATED if database == "interpolated" else _secret(tmp_path / "secrets")
    with collecting() as collector, running(tmp_path / "m", SMALL + key + OURS.format(url=collector.url)) as master:
        request = collector.wait()
        master.wait_for("the collector accepted the report")
        log = master.stop()
    assert request.body["db"] == "sqlite"
    assert is_quiet(log)


def _odd_os_release(directory: Path) -> list[str]:
    odd = directory / "os-release"
    odd.write_bytes(b'PRETTY_NAME="\xff\xfe Linux"\nID=debian\nVERSION_ID="12"\n')
    return with_files({"/etc/os-release": odd})


@pytest.mark.ci
def test_with_an_os_release_that_is_not_utf8(tmp_path: Path) -> None:
    """What can be read of it is read."""
    require(namespaces_missing())
    with collecting() as collector:
        configuration = SMALL + FORGETFUL.format(hosts=str(tmp_path / "hosts")) + OURS.format(url=collector.url)
        with running(tmp_path / "m", configuration, within=_odd_os_release(tmp_path)) as master:
            request = collector.wait()
            master.wait_for("the collector accepted the report")
            log = master.stop()
    assert request.body["platform"]["distro"] == "debian:12"
    assert is_quiet(log)


@pytest.mark.ci
@pytest.mark.soak
@pytest.mark.parametrize("what", ["interpolated", "secret", "os-release"])
def test_stock_does_not_start_there(tmp_path: Path, what: str) -> None:
    """The control: what the tests above make is what stops it."""
    if what == "os-release":
        require(namespaces_missing())
    key = {
        "interpolated": INTERPOLATED,
        "secret": _secret(tmp_path / "secrets"),
        "os-release": FORGETFUL.format(hosts=str(tmp_path / "hosts")),
    }[what]
    within = _odd_os_release(tmp_path) if what == "os-release" else []
    with (
        pytest.raises(AssertionError, match="BuildMaster startup failed"),
        running(tmp_path / "m", SMALL + key + STOCK.format(url=NOWHERE), within=within),
    ):
        pass


def test_with_a_name_server_that_does_not_answer(tmp_path: Path) -> None:
    """The master runs before its name is asked for, the question is put by another thread, and the report is tried later."""
    require(namespaces_missing())
    configuration = SMALL + WATCH + FORGETFUL.format(hosts=str(tmp_path / "hosts"))
    configuration += OURS.format(url="https://collector.example")
    within = with_silent_dns(tmp_path, "timeout:1 attempts:1")
    with running(tmp_path / "m", configuration, within=within) as master:
        master.wait_for("was not delivered: the collector could not be reached (Temporary failure in name resolution)")
        log = master.stop()
    assert log.index(STARTED) < log.index("headcount: sending")
    assert is_quiet(log)
    seen = calls(tmp_path / "m")
    assert {"getfqdn", "getaddrinfo"} <= {call.what for call in seen}
    assert {call.thread for call in seen} == {"other"}
    assert [call for call in seen if call.what == "connect"] == []


@pytest.mark.ci
def test_it_stops_while_a_name_server_does_not_answer(tmp_path: Path) -> None:
    """Nobody waits for a name: nothing of the report was made yet, and it never is."""
    require(namespaces_missing())
    configuration = SMALL + WATCH + FORGETFUL.format(hosts=str(tmp_path / "hosts"))
    configuration += OURS.format(url="https://collector.example")
    within = with_silent_dns(tmp_path, "timeout:30 attempts:2")
    with running(tmp_path / "m", configuration, within=within) as master:
        wait_until(lambda: any(call.what == "getfqdn" for call in calls(tmp_path / "m")), "the name was asked for")
        assert master.process is not None
        master.process.terminate()
        master.process.wait(STOPPED)
        log = master.log()
    assert "headcount: sending" not in log
    assert "Main loop terminated" in log
    assert is_quiet(log)


@pytest.mark.ci
@pytest.mark.soak
def test_stock_waits_for_that_name_server(tmp_path: Path) -> None:
    """The control: it asks in the reactor's thread, and only then the master runs."""
    require(namespaces_missing())
    configuration = SMALL + WATCH + FORGETFUL.format(hosts=str(tmp_path / "hosts")) + STOCK.format(url=NOWHERE)
    within = with_silent_dns(tmp_path, "timeout:1 attempts:1")
    with running(tmp_path / "m", configuration, within=within) as master:
        assert {call.thread for call in calls(tmp_path / "m", "stock") if call.what == "getfqdn"} == {"reactor"}
        master.stop()
