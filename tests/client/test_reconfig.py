"""What a reconfig changes, when else a master reports, and under which id, on real masters."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from pathlib import Path

import pytest

from headcount.client import secret_for
from tests.support.command import preview
from tests.support.hostile import answer, hang, misbehaving
from tests.support.masters import SMALL, Master, collecting, make_master, running, start
from tests.support.reporter_calls import WATCH, calls
from tests.support.waiting import wait_until

BUILDER = """
c['builders'].append(util.BuilderConfig('b{0}', workernames=['w1'], factory=util.BuildFactory([])))
c['schedulers'].append(schedulers.ForceScheduler('force{0}', builderNames=['b{0}']))
"""
OURS = "\nc['configurators'] = [util.UsageData(url={url!r}{more})]\n"
STOCK = """
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
"""


def _quiet(log: str) -> bool:
    return "Traceback" not in log and "Unhandled" not in log and "reconfig aborted" not in log


_SENT, _NOT = "the collector accepted the report", "nothing is sent"
_WITHDRAWN = "the report that was still to be delivered is withdrawn"


def test_a_reconfig_reports_what_it_changed_and_nothing_else(tmp_path: Path) -> None:
    """Another level, another configuration, off and on: each once; a reconfig that changes nothing sends nothing."""
    with collecting() as collector:

        def configuration(key: str, builders: int) -> str:
            more = "".join(BUILDER.format(number) for number in range(2, builders + 1))
            return (
                f"{SMALL}c['buildbotNetUsageData'] = {key}\n{more}{(OURS + STOCK).format(url=collector.url, more='')}"
            )

        first, *steps = [
            ("'basic'", 1, _SENT),
            ("'basic'", 1, _NOT),
            ("'basic'", 2, _SENT),
            ("'basic'", 2, _NOT),
            ("'full'", 2, _SENT),
            ("None", 2, None),
            ("None", 3, None),
            ("'basic'", 3, _SENT),
            ("lambda report: {'db': report['db']}", 3, _SENT),
            ("lambda report: dict(db='sqlite')", 3, _NOT),
            ("lambda report: None", 3, _NOT),
            ("'basic'", 4, _SENT),
        ]
        with running(tmp_path / "m", configuration(*first[:2])) as master:
            master.wait_for(_SENT)
            for key, builders, outcome in steps:
                (master.basedir / "master.cfg").write_text(configuration(key, builders))
                before = master.log().count(outcome) if outcome else 0
                master.reconfigure()
                if outcome:
                    master.wait_for(outcome, before + 1)
            log = master.stop()
        told = [(request.path, request.body["headcount"]["reason"], request.body["headcount"]["level"],
                 request.body.get("plugins", {}).get("buildbot.config.builder.BuilderConfig"))
                for request in collector.requests]  # fmt: skip
    assert told == [
        ("/v1/reports", "start", "basic", 1),
        ("/v1/reports", "reconfig", "basic", 2),
        ("/v1/reports", "reconfig", "full", 2),
        ("/v1/reports", "reconfig", "basic", 3),
        ("/v1/reports", "reconfig", "custom", None),
        ("/v1/reports", "reconfig", "basic", 4),
    ]
    assert len({request.body["headcount"]["report"] for request in collector.requests}) == len(told)
    assert "nothing is sent: the function returned None" in log
    assert _quiet(log)


WAITS = """
import os, time
def waits(report):
    while not os.path.exists(basedir + '/go'):
        time.sleep(0.02)
    return report
"""


def test_a_reconfig_overtakes_a_report_in_the_making(tmp_path: Path) -> None:
    """What older settings would have sent is not drafted or not sent; what is says `start`, since that is unreported."""
    with collecting() as collector:
        base = SMALL + WAITS + OURS.format(url=collector.url, more="")
        with running(tmp_path / "m", f"{base}c['buildbotNetUsageData'] = waits\n") as master:
            for key in ("'full'", "'basic'"):
                (master.basedir / "master.cfg").write_text(f"{base}c['buildbotNetUsageData'] = {key}\n")
                master.reconfigure()
            (master.basedir / "go").touch()
            master.wait_for(_SENT)
            log = master.stop()
        told = [request.body["headcount"] for request in collector.requests]
    assert [(one["level"], one["reason"]) for one in told] == [("basic", "start")]
    assert _quiet(log)


HURRIED = """
from headcount.client import _courier
_courier._FIRST, _courier._GROWTH = 0.2, 1
"""
SEVERAL_TRIES = 1.5  # seconds


def test_a_reconfig_withdraws_a_report_that_was_not_delivered(tmp_path: Path) -> None:
    """Where nothing is to be said now, what was to be said before is not tried again; it is new when it is wanted again."""
    with collecting(status=503) as collector:
        base = SMALL + HURRIED + OURS.format(url=collector.url, more="")
        full, nothing = (f"{base}c['buildbotNetUsageData'] = {key}\n" for key in ("'full'", "lambda report: None"))
        with running(tmp_path / "m", full) as master:
            collector.wait(2)
            (master.basedir / "master.cfg").write_text(nothing)
            master.reconfigure()
            master.wait_for(_NOT)
            tried = len(collector.requests)
            (master.basedir / "master.cfg").write_text(full)
            master.reconfigure()
            collector.wait(tried + 3)
            log = master.stop()
        ids = [request.body["headcount"]["report"] for request in collector.requests]
    assert ids[0] not in ids[tried + 1 :]  # but for one that was under way
    assert len(set(ids[tried + 1 :])) == 1
    assert _quiet(log)


FAST = """
from twisted.internet import reactor
from headcount.client import _service
class Fast:  # a clock on which a day takes half a second
    rate = 2 * 86400
    def seconds(self):
        return reactor.seconds() * self.rate
    def callLater(self, seconds, *arguments, **keywords):
        return reactor.callLater(seconds / self.rate, *arguments, **keywords)
_service.reactor = Fast()
from datetime import timedelta
"""


def test_a_periodic_reporter_reports_by_the_calendar(tmp_path: Path) -> None:
    """Every so many days, as a report of its own each time, that says how many; a master may run for a year."""
    with collecting() as collector:
        ours = OURS.format(url=collector.url, more=", every=timedelta(days=2)")
        with running(tmp_path / "m", SMALL + FAST + ours) as master:
            collector.wait(3)
            log = master.stop()
        bodies = [request.body for request in collector.requests]
    assert [body["headcount"]["reason"] for body in bodies[:3]] == ["start", "periodic", "periodic"]
    assert {body["headcount"]["every"] for body in bodies} == {2}
    assert len({body["headcount"]["report"] for body in bodies}) == len(bodies)
    assert _quiet(log)


def test_two_masters_on_one_database_are_two_and_stay_so(tmp_path: Path) -> None:
    """Each keeps its random id and its secret in its own directory, over a restart; `--reset-id` makes them anew."""
    with collecting() as collector:
        shared = f"c['db_url'] = 'sqlite:///{tmp_path}/shared.sqlite'\nc['multiMaster'] = True\n"
        ours = OURS.format(url=collector.url, more=", level='full', id='random'")
        configuration = SMALL + shared + ours
        seen: list[tuple[str, str]] = []
        one, two = (make_master(tmp_path / name, configuration) for name in ("one", "two"))
        one.upgrade()
        for master in (one, two, one):
            with start(master):
                request = collector.wait(len(seen) + 1)
                master.wait_for("the collector accepted the report")
                log = master.stop()
            assert _quiet(log)
            seen.append((request.body["installid"], request.headers["headcount-secret"]))
            assert request.body["multi_master"] is True
            assert request.headers["headcount-secret"] not in log + request.text.decode()
        assert seen[0] != seen[1]
        assert seen[0] == seen[2]
    previewed = json.loads(preview("one", cwd=tmp_path).stdout)
    assert previewed["installid"] == seen[0][0]
    reset = preview("one", "--reset-id", cwd=tmp_path)
    assert reset.returncode == 0, reset.stderr
    anew = json.loads(reset.stdout)["installid"]
    assert anew != seen[0][0]
    assert json.loads(preview("one", cwd=tmp_path).stdout)["installid"] == anew
    secret = (tmp_path / "one" / "usage-report.secret").read_text().strip()
    assert len(secret) == 64
    assert secret_for(collector.url, secret) != seen[0][1]


UNWRITABLE = """
from headcount.client import _files
def refuse(*_):  # as a read-only file system does; root is not kept out by the mode of a directory
    raise OSError(30, 'Read-only file system')
_files._write = refuse
"""


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The report is sent, without a secret and without an id that would be new at each start; the log alone has it."""
    with collecting() as collector:
        ours = OURS.format(url=collector.url, more=", id='random'")
        with running(tmp_path / "m", SMALL + UNWRITABLE + ours) as master:
            request = collector.wait()
            master.wait_for("the collector accepted the report")
            log = master.stop()
    assert "installid" not in request.body
    assert "headcount-secret" not in request.headers
    assert "usage-report.json cannot be written in the master's directory" in log
    assert "a secret cannot be kept in the master's directory" in log
    assert "a random id cannot be kept, so the report has none" in log
    assert request.text.decode() in log
    assert not list((tmp_path / "m").glob("usage-report*"))
    assert _quiet(log)


def test_the_environment_switches_it_off(tmp_path: Path) -> None:
    """`DO_NOT_TRACK=1` or `HEADCOUNT=No`: neither our reporter nor stock's sends, and the log says why."""
    with collecting() as collector:
        configuration = SMALL + (OURS + STOCK).format(url=collector.url, more=", level='full'")
        for name, value, says in (("DO_NOT_TRACK", "1", "DO_NOT_TRACK"), ("HEADCOUNT", "No", "HEADCOUNT=No")):
            with running(tmp_path / name, configuration, {name: value}) as master:
                log = master.stop()
            assert f"headcount: nothing is reported: {says} is set in the environment" in log
            assert "sending" not in log
            assert _quiet(log)
        assert collector.requests == []


def _reconfigured(master: Master, configuration: str) -> None:
    (master.basedir / "master.cfg").write_text(configuration)
    master.reconfigure()


def test_to_switch_off_resets_a_report_under_way(tmp_path: Path) -> None:
    """While the collector hangs: the connection is over when the reconfig is, and not a minute later."""
    with misbehaving(hang) as collector:
        base = SMALL + OURS.format(url=collector.url, more="")
        with running(tmp_path / "m", f"{base}c['buildbotNetUsageData'] = 'full'\n") as master:
            wait_until(lambda: len(collector.requests) == 1, "the report is under way")
            _reconfigured(master, f"{base}c['buildbotNetUsageData'] = None\n")
            wait_until(lambda: collector.abandoned == 1, "the connection is over")
            master.wait_for(_WITHDRAWN)
            log = master.stop()
    assert len(collector.requests) == 1
    assert "was not delivered" not in log
    assert _quiet(log)


@pytest.mark.ci
def test_a_connection_that_is_being_made_is_not_used_after_it_is_switched_off(tmp_path: Path) -> None:
    """The collector takes it late, and finds nobody."""
    with socket.socket() as collector, contextlib.ExitStack() as filling:
        collector.bind(("127.0.0.1", 0))
        collector.listen(0)
        for _ in range(3):
            one = filling.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(collector.getsockname())
        base = SMALL + WATCH + OURS.format(url=f"http://127.0.0.1:{collector.getsockname()[1]}", more="")
        with running(tmp_path / "m", f"{base}c['buildbotNetUsageData'] = 'full'\n") as master:
            wait_until(lambda: "connect" in {call.what for call in calls(master.basedir)}, "it connects")
            _reconfigured(master, f"{base}c['buildbotNetUsageData'] = None\n")
            filling.close()
            collector.settimeout(4)  # it would be asked for again after one second, and after two more
            received = []
            with contextlib.suppress(TimeoutError):
                while True:
                    with collector.accept()[0] as accepted:
                        accepted.settimeout(4)
                        received.append(accepted.recv(1))
            log = master.stop()
    assert set(received) <= {b""}
    assert _quiet(log)


@pytest.mark.parametrize("change", ["level", "url"])
def test_what_an_older_setting_would_send_is_not_tried_again(tmp_path: Path, change: str) -> None:
    """Not while the new report is in the making, which may take long; the collector before gets nothing more."""
    with misbehaving(answer(503)) as old, collecting() as other:
        new = old.url if change == "level" else other.url
        first = f"{SMALL}{HURRIED}{OURS.format(url=old.url, more='')}c['buildbotNetUsageData'] = 'full'\n"
        second = f"{SMALL}{HURRIED}{WAITS}{OURS.format(url=new, more='')}c['buildbotNetUsageData'] = waits\n"
        with running(tmp_path / "m", first) as master:
            wait_until(lambda: len(old.requests) >= 2, "it is tried again")
            _reconfigured(master, second)
            ids = {request.body["headcount"]["report"] for request in old.requests}
            tried = len(old.requests)
            time.sleep(SEVERAL_TRIES)
            assert len(old.requests) <= tried + 1, "but for one that had left"
            tried = len(old.requests)
            (master.basedir / "go").touch()
            if change == "level":
                wait_until(lambda: len(old.requests) > tried, "the new report comes")
                request = old.requests[tried]
            else:
                request = other.wait()
            log = master.stop()
    assert request.body["headcount"]["report"] not in ids
    assert (request.body["headcount"]["level"], request.body["headcount"]["reason"]) == ("custom", "start")
    assert change == "level" or len(old.requests) == tried
    assert _WITHDRAWN in log
    assert _quiet(log)


STUCK = """
import socket, threading
if not hasattr(socket, 'asked'):
    socket.asked, real = [], socket.getaddrinfo
    def stuck(*arguments, **named):  # a name server that does not answer
        socket.asked.append(1)
        open(basedir + '/asked', 'a').write('x')
        threading.Event().wait()
    socket.getaddrinfo = stuck
"""


@pytest.mark.parametrize("what", ["collector", pytest.param("name server", marks=pytest.mark.ci)])
def test_many_reconfigs_make_one_try(tmp_path: Path, what: str) -> None:
    """Whatever hangs: as many threads as one try has, though each changes what is to be sent."""
    with misbehaving(hang) as collector:
        stuck = STUCK if what == "name server" else ""
        base = SMALL + stuck + OURS.format(url=collector.url, more="") + "c['buildbotNetUsageData'] = "
        first, second, third = f"{base}'full'\n", f"{base}None\n", f"{base}'full'\n{BUILDER.format(2)}"
        with running(tmp_path / "m", first) as master:
            asked = tmp_path / "m" / "asked"
            wait_until(lambda: asked.exists() if stuck else len(collector.requests) == 1, "the report is under way")
            threads, most = _threads(master), 0
            for number in range(51):
                _reconfigured(master, (second, third, first)[number % 3])
                most = max(most, _threads(master))
            if stuck:
                assert asked.read_text() == "x"
            else:
                wait_until(lambda: len(collector.requests) - collector.abandoned == 1, "one try is under way")
            log = master.stop()
    assert most <= threads + MORE, "each of 34 tries would have two"
    assert log.count("headcount: sending") > 10
    assert _quiet(log)


MORE = 10  # threads that Twisted may have begun meanwhile for the database, and a draft of the moment


def _threads(master: Master) -> int:
    assert master.process is not None
    return len(list(Path(f"/proc/{master.process.pid}/task").iterdir()))


SWALLOWS = """
from twisted.internet import defer, reactor, task
async def swallows(report):
    while True:
        try:
            await task.deferLater(reactor, 3600)
        except defer.CancelledError:
            pass
import threading
def blocks(report):
    threading.Event().wait()
from headcount.client import _function
_function.PATIENCE = 0.2
"""


@pytest.mark.parametrize("function", ["swallows", "blocks"])
def test_a_function_that_does_not_end_keeps_no_report_back(tmp_path: Path, function: str) -> None:
    """The log says so once, whatever is reconfigured; and a report without it is sent."""
    with collecting() as collector:
        base = SMALL + SWALLOWS + OURS.format(url=collector.url, more="")
        with running(tmp_path / "m", f"{base}c['buildbotNetUsageData'] = {function}\n") as master:
            master.wait_for("nothing is sent: the function took longer than 0 seconds, and has not ended")
            threads = _threads(master)
            for number in range(2, 8):
                builders = "".join(BUILDER.format(each) for each in range(2, number))
                _reconfigured(master, f"{base}{builders}c['buildbotNetUsageData'] = {function}\n")
            master.wait_for("the function has not ended since it was called for an earlier report")
            assert _threads(master) <= threads + 2, "but for a draft of the moment"
            assert collector.requests == []
            _reconfigured(master, f"{base}c['buildbotNetUsageData'] = 'basic'\n")
            master.wait_for(_SENT)
            log = master.stop()
    assert log.count("has not ended") == 2
    assert collector.requests[0].body["headcount"]["reason"] == "start"
    assert _quiet(log)


def test_a_full_disk_is_said_and_leaves_no_older_report(tmp_path: Path) -> None:
    """The secret is there since long, and the report is sent; what is sent is in the log, and nowhere else."""
    with collecting() as collector:
        ours = OURS.format(url=collector.url, more=", level='full'")
        master = make_master(tmp_path / "m", SMALL + UNWRITABLE + ours)
        (master.basedir / "usage-report.secret").write_text("5" * 64 + "\n")
        (master.basedir / "usage-report.json").write_text('{"db":"old"}')
        with start(master):
            request = collector.wait()
            master.wait_for(_SENT)
            log = master.stop()
    assert "headcount-secret" in request.headers
    assert log.count("usage-report.json cannot be written in the master's directory") == 1
    assert request.text.decode() in log
    assert not (master.basedir / "usage-report.json").exists()
    assert _quiet(log)


STUBBORN = """
from buildbot.util.service import BuildbotService
class Stubborn(BuildbotService):
    def stopService(self):
        raise RuntimeError('stubborn')
"""


def test_an_opt_out_counts_though_another_service_fails(tmp_path: Path) -> None:
    """Buildbot then tells nobody more of the configuration; what was to be tried again under the older one is not."""
    with collecting(status=503) as collector:
        base = SMALL + HURRIED + STUBBORN + OURS.format(url=collector.url, more="")
        stubborn = "c['services'] = [Stubborn(name='s%d' % n) for n in range(8)]\n"
        with running(tmp_path / "m", f"{base}{stubborn}c['buildbotNetUsageData'] = 'full'\n") as master:
            collector.wait(2)
            (master.basedir / "master.cfg").write_text(f"{base}c['buildbotNetUsageData'] = None\n")
            master.reconfigure("configuration update partially applied")
            master.wait_for("the report that was still to be delivered is withdrawn")
            tried = len(collector.requests)
            time.sleep(SEVERAL_TRIES)
            assert len(collector.requests) == tried
