"""A policy and real masters: what it forbids leaves none of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import preview
from tests.support.masters import SMALL, Master, Request, collecting, is_quiet, make_master, running

FUNCTION = """
from buildbot.plugins import reporters
c['services'] = [reporters.GitHubStatusPush('token', generators=[reporters.BuildStartEndStatusGenerator()])]
c['buildbotNetUsageData'] = lambda report: report
"""
STOCK = """
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
"""
OURS = "\nc['configurators'] = [util.UsageData(url={url!r}, collector='theirs')]\n"
_SENT = "the collector accepted the report"


def _body(text: bytes) -> dict[str, Any]:
    """Return a report without what differs each time."""
    body: dict[str, Any] = json.loads(text)
    del body["headcount"]["report"], body["headcount"]["reason"]
    return body


def test_no_configuration_exceeds_a_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a running master may send is read anew at each reconfig, and what a preview shows is what is posted."""
    file = tmp_path / "reporter.ini"
    monkeypatch.setenv("HEADCOUNT_POLICY", str(file))
    with collecting() as collector, collecting() as other:
        only_ours = f"[reporter]\nurl = {collector.url}\n"
        file.write_text(f"{only_ours}reporting = basic\n")
        configured = SMALL + STOCK.format(url=other.url)
        ours = OURS.format(url=other.url)
        applies = f"the policy {file} applies: reporting basic at most, to {collector.url}"

        def sent(master: Master, configuration: str, policy: str, number: int) -> Request:
            (master.basedir / "master.cfg").write_text(configuration)
            file.write_text(policy)
            master.reconfigure()
            master.wait_for(_SENT, number)
            return collector.wait(number)

        def refused(master: Master, policy: str | None, says: str) -> None:
            file.unlink() if policy is None else file.write_text(policy)
            master.reconfigure()
            master.wait_for(says)

        with running(tmp_path / "m", f"{configured}c['buildbotNetUsageData'] = 'full'\n{ours}") as master:
            master.wait_for(_SENT)
            basic = _body(collector.wait().text)
            shown = preview("m", cwd=tmp_path)
            assert _body(shown.printed) == basic
            assert f"headcount preview: {applies}." in shown.stderr
            assert f"headcount: {applies}" in master.log()
            filtered = sent(master, configured + FUNCTION + ours, f"{only_ours}reporting = basic", 2)
            full = sent(master, configured + FUNCTION + ours, only_ours, 3)
            refused(
                master, "[reporter]\nreporting = off", f"nothing is reported: the policy {file} switches reporting off"
            )
            refused(
                master, "reporting = full", f"the policy {file} is no INI file: MissingSectionHeaderError in line 1"
            )
            refused(master, None, f"the policy {file} cannot be read: No such file or directory")
            log = master.stop()
        assert (len(collector.requests), other.requests) == (3, [])
    assert is_quiet(log)
    assert "left out, since the policy allows no more than basic: " in log
    generator = "buildbot.reporters.generators.build.BuildStartEndStatusGenerator"
    assert generator in full.body["plugins"]
    cut = _body(filtered.text)
    plugins, of_basic = cut.pop("plugins"), basic.pop("plugins")
    assert plugins.keys() - of_basic.keys() == {"buildbot.reporters.github.GitHubStatusPush"}
    assert (cut.pop("headcount")["level"], basic.pop("headcount")["level"]) == ("custom", "basic")
    assert cut == basic


def test_a_preview_is_under_the_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A level that is asked for is cut too; where the policy is off, it shows what would be sent without it."""
    make_master(tmp_path / "m", SMALL + OURS.format(url="https://collector.invalid"))
    monkeypatch.setenv("HEADCOUNT_REPORTING", "basic")
    shown = preview("m", "--level", "full", cwd=tmp_path)
    assert json.loads(shown.stdout)["headcount"]["level"] == "basic"
    assert "the policy HEADCOUNT_REPORTING applies: reporting basic at most.\n" in shown.stderr
    monkeypatch.setenv("HEADCOUNT_REPORTING", "off")
    shown = preview("m", cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "the policy HEADCOUNT_REPORTING applies: reporting off.\n" in shown.stderr
    assert "nothing would be sent; --level shows what would be without the policy.\n" in shown.stderr
    shown = preview("m", "--level", "full", cwd=tmp_path)
    assert json.loads(shown.stdout)["headcount"]["level"] == "full"
    assert "reporting off; this would be sent without it.\n" in shown.stderr
    monkeypatch.setenv("HEADCOUNT_REPORTING", "none")
    shown = preview("m", "--level", "full", cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert (
        "nothing would be sent: the value of reporting of the variable HEADCOUNT_REPORTING must be off" in shown.stderr
    )


@pytest.mark.ci
def test_a_package_ships_it_switched_off_without_a_warning(tmp_path: Path) -> None:
    """With the two things of the packagers' page, and no key: nothing is sent, and Buildbot has nothing to warn of."""
    page = (Path(__file__).parents[3] / "docs" / "packagers.md").read_text()
    policy, shipped = (re.search(rf"```{kind}\n(.+?)```", page, re.DOTALL) for kind in ("ini", "python"))
    assert policy
    assert shipped
    (tmp_path / "reporter.ini").write_text(policy[1])
    logs = []
    with collecting() as collector:
        for name, line in (("stock", ""), ("ours", shipped[1].replace("https://headcount.example.org", collector.url))):
            configured = SMALL + STOCK.format(url=collector.url) + line
            with running(tmp_path / name, configured, {"HEADCOUNT_POLICY": str(tmp_path / "reporter.ini")}) as master:
                if name == "stock":
                    collector.wait()
                logs.append(master.stop())
        assert [request.path for request in collector.requests] == ["/events/phone_home"]
    stock, ours = logs
    assert "`buildbotNetUsageData` is not configured" in stock
    assert "is not configured" not in ours
    assert f"nothing is reported: the policy {tmp_path / 'reporter.ini'} switches reporting off" in ours
    assert is_quiet(ours)
