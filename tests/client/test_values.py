"""What stands in `master.cfg`, on real masters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headcount.contract import KEYS
from tests.support.command import buildbot, preview
from tests.support.masters import SMALL, Collector, Master, collecting, make_master, running

OURS = "\nc['configurators'] = [util.UsageData(url={url!r})]\n"
STOCK = """
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
"""


def _configuration(key: str, collector: Collector) -> str:
    return SMALL + key + (OURS + STOCK).format(url=collector.url)


def _quiet(log: str) -> bool:
    return "Traceback" not in log and "Unhandled" not in log


WITHOUT_A_PAGE = """
from buildbot.www.service import WWWService
real = WWWService.reconfigServiceWithBuildbotConfig
def reconfigure(self, new_config):
    new_config.www['plugins'].pop('badges', None)
    return real(self, new_config)
WWWService.reconfigServiceWithBuildbotConfig = reconfigure
c['www'] = {'plugins': {'badges': {}, 'console_view': {}}}
"""


def test_a_plugin_without_a_page_is_reported_as_it_is_previewed(tmp_path: Path) -> None:
    """A master before Buildbot 4.0 takes such plugins out of its configuration at its start, as this one is made to."""
    with collecting() as collector:
        configuration = _configuration("c['buildbotNetUsageData'] = 'basic'" + WITHOUT_A_PAGE, collector)
        with running(tmp_path / "m", configuration) as master:
            sent = collector.wait().body["www_plugins"]
            master.stop()
    previewed = preview("m", cwd=tmp_path)
    assert json.loads(previewed.stdout)["www_plugins"] == sent == ["badges", "console_view"], previewed.stderr


def test_none_sends_nothing(tmp_path: Path) -> None:
    """Neither our reporter nor stock's, and the preview says so."""
    with collecting() as collector:
        with running(tmp_path / "m", _configuration("c['buildbotNetUsageData'] = None", collector)) as master:
            log = master.stop()
        assert collector.requests == []
    assert "headcount: sending" not in log
    assert _quiet(log)
    previewed = preview("m", cwd=tmp_path)
    assert (previewed.returncode, previewed.stdout) == (1, "")
    assert "this master sends nothing" in previewed.stderr


def test_a_missing_key_means_basic_and_the_log_says_so(tmp_path: Path) -> None:
    """As announced; stock, which would send too, is silent."""
    with collecting() as collector:
        with running(tmp_path / "m", _configuration("", collector)) as master:
            report = collector.wait().body
            master.wait_for("the collector accepted the report")
            log = master.stop()
        assert [request.path for request in collector.requests] == ["/v1/reports"]
    assert report["headcount"]["level"] == "basic"
    assert "builders" not in report
    assert "c['buildbotNetUsageData'] is missing, so the level is 'basic', as announced" in log
    assert _quiet(log)


FUNCTION = """
def less(report):
    assert 'headcount' not in report and 'builders' in report
    del report['platform'], report['builders']
    return report
c['buildbotNetUsageData'] = less
"""


def test_a_function_says_what_is_sent(tmp_path: Path) -> None:
    """It gets the full report; what it leaves out does not leave; the preview shows the same."""
    with collecting() as collector:
        with running(tmp_path / "m", _configuration(FUNCTION, collector)) as master:
            request = collector.wait()
            master.wait_for("the collector accepted the report")
            log = master.stop()
        previewed = preview("m", cwd=tmp_path).stdout
    report = request.body
    assert report["headcount"]["level"] == "custom"
    assert set(report) == (KEYS | {"headcount"}) - {"platform", "builders"}
    assert _quiet(log)
    identifier = report["headcount"]["report"]
    assert previewed.partition('"report":')[0] == request.text.decode().partition('"report":')[0]
    assert identifier not in previewed


@pytest.mark.parametrize(
    ("function", "says"),
    [
        ("lambda report: {'secret-hostname': 1}", "the function added 1 key that the catalog of fields does not have"),
        ("lambda report: 1 / 0", "the function raised ZeroDivisionError"),
        ("lambda report: None", "the function returned None"),
    ],
)
def test_a_function_that_fails_sends_nothing(tmp_path: Path, function: str, says: str) -> None:
    """The log says why, and the master runs on."""
    with collecting() as collector:
        key = f"c['buildbotNetUsageData'] = {function}"
        with running(tmp_path / "m", _configuration(key, collector)) as master:
            master.wait_for("nothing is sent")
            log = master.stop()
        assert collector.requests == []
    assert says in log
    assert _quiet(log)


@pytest.mark.parametrize("value", ["'Basic'", "''", "'none'", "True"])
def test_another_value_is_a_configuration_error(tmp_path: Path, value: str) -> None:
    """`checkconfig` names the four values; nothing is sent."""
    with collecting() as collector:
        master = make_master(tmp_path / "m", _configuration(f"c['buildbotNetUsageData'] = {value}", collector))
        checked = buildbot("checkconfig", master.basedir)
        assert collector.requests == []
    assert checked.returncode == 1
    assert "must be None, 'basic', 'full', or a function" in checked.stderr + checked.stdout


def test_checkconfig_accepts_and_sends_nothing(tmp_path: Path) -> None:
    """A right configuration is good, and only a master that starts reports."""
    with collecting() as collector:
        master = make_master(tmp_path / "m", _configuration("c['buildbotNetUsageData'] = 'full'", collector))
        checked = buildbot("checkconfig", master.basedir)
        assert collector.requests == []
    assert (checked.returncode, "Config file is good!" in checked.stdout) == (0, True)


@pytest.mark.parametrize("status", [302, 307, 400, 500])
def test_what_the_collector_answers_does_not_hurt(tmp_path: Path, status: int) -> None:
    """No traceback, no second address, and what it says is on one line of the log."""
    reply = b'{"problems": [{"where": "db", "what": "is wrong\\n2026 forged line"}]}'
    with collecting(status, reply) as collector:
        with running(tmp_path / "m", _configuration("", collector)) as master:
            collector.wait()
            master.wait_for("refused the report" if status == 400 else "was not delivered")
            log = master.stop()
        assert [request.path for request in collector.requests] == ["/v1/reports"]
    assert _quiet(log)
    assert not [line for line in log.splitlines() if line.startswith("2026 forged")]


def test_a_collector_that_is_not_there_does_not_hurt(tmp_path: Path) -> None:
    """The master starts, says so once, and stops."""
    with collecting() as gone:
        pass
    with running(tmp_path / "m", _configuration("", gone)) as master:
        master.wait_for("the report was not delivered")
        log = master.stop()
    assert _quiet(log)


IMPORTED = """
import sys
sys.path.insert(0, basedir)
from site_cfg import c
BuildmasterConfig = c
"""


def _reconfigured(master: Master, times: int) -> None:
    for _ in range(times):
        master.reconfigure()


def test_an_imported_configuration_is_as_it_was_found(tmp_path: Path) -> None:
    """Its dictionary is kept over a reconfig: the service is not added twice, and the key is not lost."""
    site = tmp_path / "site"
    site.mkdir()
    with collecting() as collector:
        check = (
            "\nassert c['buildbotNetUsageData'] == 'full' and 'services' not in c, 'the dictionary was changed'\n"
            "print('the dictionary is as it was')\n"
        )
        (site / "site_cfg.py").write_text(_configuration("c['buildbotNetUsageData'] = 'full'", collector))
        configuration = IMPORTED + check
        with running(tmp_path / "m", configuration, {"PYTHONPATH": str(site)}) as master:
            collector.wait()
            _reconfigured(master, 2)
            log = master.stop()
    assert log.count("the dictionary is as it was") == 3
    assert "Duplicate service name" not in log
    assert "reconfig aborted" not in log
    assert _quiet(log)
