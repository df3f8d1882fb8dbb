"""Our configurator among others, and on a configuration that was given up half way; on real masters."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.command import buildbot
from tests.support.masters import SMALL, collecting, make_master, running, start
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


def test_another_configurator_may_look_at_the_services(tmp_path: Path) -> None:
    """While the configurators run, the key stays silent and our service stays in its place."""
    with collecting() as collector:
        other = OTHER.format(url=collector.url, does="assert len(list(config_dict['services'])) == 1")
        with running(tmp_path / "m", SMALL + STOCK.format(url=collector.url) + other) as master:
            master.wait_for("the collector accepted the report")
            log = master.stop()
        assert [request.path for request in collector.requests] == ["/v1/reports"]
    assert "Traceback" not in log


def test_two_of_ours_are_a_configuration_error(tmp_path: Path) -> None:
    """Two would report twice, and the second could not see the key: it is said once, and what to do."""
    twice = "c['configurators'] = [util.UsageData(url='https://a.invalid'), util.UsageData(url='https://b.invalid')]\n"
    checked = buildbot("checkconfig", make_master(tmp_path / "m", SMALL + twice).basedir)
    assert checked.returncode == 1
    assert (checked.stdout + checked.stderr).count("more than one util.UsageData: leave one of them") == 1


KEPT = """
import os, sys
sys.path.insert(0, basedir)
from site_cfg import c, Broken
BuildmasterConfig = c
ours = c['configurators'][:1]
c['configurators'] = [*ours, Broken()] if os.path.exists(basedir + '/broken') else ours
"""
BROKEN = """
@implementer(IConfigurator)
class Broken:
    def configure(self, config_dict):
        raise RuntimeError
"""


@pytest.mark.parametrize(("key", "level"), [("c['buildbotNetUsageData'] = 'full'\n", ""), ("", ", level='full'")])
def test_a_configuration_that_was_given_up_leaves_no_service_behind(tmp_path: Path, key: str, level: str) -> None:
    """In a dictionary that is kept: the reconfig that mends it works, and what has become of the key is said."""
    with collecting() as collector:
        other = OTHER.format(url=collector.url, does="pass").replace(", level='full'", level)
        site = f"{SMALL}{key}{other}{BROKEN}"
        master = make_master(tmp_path / "m", KEPT)
        (master.basedir / "site_cfg.py").write_text(site)
        with start(master):
            assert master.process is not None
            master.wait_for("the collector accepted the report")
            (master.basedir / "broken").touch()
            os.kill(master.process.pid, signal.SIGHUP)
            wait_until(lambda: "aborted without making any changes" in master.log(), "the reconfig was given up")
            (master.basedir / "broken").unlink()
            master.reconfigure()
            log = master.stop()
        assert len(collector.requests) == 1
    assert "Duplicate service name" not in log
    assert "c['buildbotNetUsageData'] is taken for None" in log
