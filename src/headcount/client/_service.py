"""The service in the master: reports when the master has started, and never lets anything out that could hurt it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any, Callable

from buildbot.util import service
from twisted.internet import defer, reactor
from twisted.python import log

from headcount.client import _assemble, _collect, _deliver, _machine
from headcount.client._files import LAST_REPORT, write_private
from headcount.client._settings import Setting
from headcount.contract import vocabulary

Steps = Generator[Any, Any, None]  # what inlineCallbacks makes a Deferred of

_LOGGED = 64 * 1024  # bytes of a report that are logged whole


class UsageDataService(service.BuildbotService):  # type: ignore[misc]  # Buildbot is not typed
    """Reports once the master runs, as `Setting` says."""

    name = "headcount.UsageData"
    setting: Setting

    def checkConfig(self, setting: Setting) -> None:  # Buildbot's name
        """Take the setting, which was checked before."""

    def reconfigService(self, setting: Setting) -> None:  # Buildbot's name
        """Take the setting of a new configuration."""
        self.setting = setting

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]
    def startService(self) -> Steps:  # Buildbot's name
        """Start, and report as soon as the master has started."""
        yield super().startService()
        try:
            yield self._when_started()
        except Exception as error:
            _say(f"nothing will be reported: {type(error).__name__} while the reporter started")

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]
    def _when_started(self) -> Steps:
        masterid = self.master.masterid
        found = yield self.master.data.get(("masters", masterid))
        if found is not None and found["active"]:
            self._report("reconfig")
            return
        consumer: list[Any] = []

        def started(*_: Any) -> None:
            consumer.pop().stopConsuming()
            self._report("start")

        consumer.append((yield self.master.mq.startConsuming(started, ("masters", str(masterid), "started"))))

    def _report(self, reason: str) -> None:
        done = self._make_and_send(reason)
        done.addErrback(_failed)

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]
    def _make_and_send(self, reason: str) -> Steps:
        setting = self.setting
        if setting.assumed:
            _say("c['buildbotNetUsageData'] is missing, so the level is 'basic', as announced")
        full = setting.level != "basic"
        known = vocabulary()
        facts = {**_collect.collect(self.master.config, known, full=full), "db": _database(self.master)}
        facts.update((yield _in_thread(partial(_probe, self.master.name, full))))
        try:
            body = _assemble.assemble(setting, facts, known, reason=reason, report_id=uuid.uuid4().hex)
        except _assemble.NotSent as why:
            _say(f"nothing is sent: {why}")
            return
        data = _assemble.encode(body)
        _say(f"sending {(data if len(data) <= _LOGGED else _assemble.without_builders(body)).decode()}")
        _say((yield _in_thread(partial(_write_and_post, Path(self.master.basedir), setting.url, data))))


def _probe(master_name: str, full: bool) -> dict[str, Any]:
    return {
        "installid": _assemble.install_id(master_name, _machine.full_name()),
        **_machine.machine(full=full),
    }


def _database(master: Any) -> str | None:
    try:
        return _collect.database(str(master.db.pool.engine.dialect.name))
    except AttributeError:
        return None


def _write_and_post(basedir: Path, url: str, data: bytes) -> str:
    write_private(basedir / LAST_REPORT, data)
    return _sentence(_deliver.post(url, data))


def _sentence(outcome: _deliver.Outcome) -> str:
    if outcome.kind == "accepted":
        return "the collector accepted the report"
    if outcome.kind == "refused":
        return f"the collector refused the report, it is not sent again: {outcome.detail}"
    return f"the report was not delivered: {outcome.detail}"


def _in_thread(work: Callable[[], Any]) -> defer.Deferred[Any]:
    """Do work that may block in a daemon thread of its own, which nobody waits for when the master stops."""
    done: defer.Deferred[Any] = defer.Deferred()

    def run() -> None:
        try:
            result, fire = work(), done.callback
        except Exception as error:
            result, fire = error, done.errback
        reactor.callFromThread(fire, result)

    threading.Thread(target=run, name="headcount", daemon=True).start()
    return done


def _failed(failure: Any) -> None:
    _say(f"nothing was reported: {failure.type.__name__}")


def _say(text: str) -> None:
    log.msg(f"headcount: {text}")
