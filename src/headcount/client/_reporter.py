"""The reporter of one master: drafts its reports, and has them delivered.

Code that touches the master's objects runs in the reactor's thread, for a moment; all other code runs in
threads that nobody waits for.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet import defer, task
from twisted.python import log

from headcount.client import _running_master, _storage
from headcount.client._courier import Courier, Try
from headcount.client._files import ReportFiles, configfile_of
from headcount.client._likeness import likeness
from headcount.client._own_profile import OwnProfile, own_profile
from headcount.client._settings import SERVICE
from headcount.client._slices import in_slices
from headcount.client._threads import in_thread
from headcount.client.notices._reader import NoticeReader

if TYPE_CHECKING:
    from headcount.client._assemble import NotSent
    from headcount.client._draft import Draft
    from headcount.client._function import StillRuns
    from headcount.client._settings import Setting

Steps = Generator[Any, Any, None]  # inlineCallbacks turns it into a Deferred

_DAY = 86_400  # seconds
_LOOK = 1.0  # seconds between two looks at the configuration, while a report is delivered
_WEIGHTS = ("reconfig", "periodic", "start")  # a later one of these reasons is told in place of an earlier one
_STILL_RUNS = "a function has not ended"  # a kind of line
_ATTRIBUTE = "_headcount_reporter"


def reporter_of(master: Any, clock: Any) -> Reporter:
    """Return the reporter of a master, the same as long as the master runs.

    A reconfig that switches reporting off and on again makes another service, but no try and no function of
    the one before may be forgotten while it has not ended.
    """
    reporter: Reporter | None = getattr(master, _ATTRIBUTE, None)
    if reporter is None:
        reporter = Reporter(master, clock)
        setattr(master, _ATTRIBUTE, reporter)
    return reporter


class Reporter:
    """Reports for the master: at its start, when its configuration has changed, and periodically.

    ``master``: Buildbot's; ``clock``: has Twisted's ``callLater`` and ``seconds``. No method raises or blocks.
    """

    def __init__(self, master: Any, clock: Any) -> None:
        self._master = master
        self._clock = clock
        self._files = ReportFiles(master.basedir, configfile_of(master))
        self._setting: Setting | None = None
        self._likeness: object = None
        self._changes = 0  # of the setting
        self._drafting = False
        self._wanted = False  # another draft, after the one that is being made
        self._owed: str | None = None  # the reason of the next report, or of one that was not delivered
        self._courier = Courier(clock, random.random, say, self._follow, self._read_notices)
        self._notices = NoticeReader(self._files.notices, clock, say)
        self._own: OwnProfile | None = None  # when the last report was drafted
        self._service: Any = None  # in the configuration, when the setting was last looked at
        self._watch = task.LoopingCall(self._follow_while_delivering)
        self._watch.clock = clock
        self._last: bytes | None = None
        self._reason = ""  # of the report that is being delivered
        self._logged: set[str] = set()
        self._periodic: task.LoopingCall | None = None

    def use(self, setting: Setting | None) -> None:
        """Report by this setting from now on; None stops all reports.

        Where it differs from the setting before, a report that was not delivered is withdrawn at once. A
        function differs where `likeness` tells it so.
        """
        every = None if setting is None else setting.every
        if every != (None if self._setting is None else self._setting.every):
            self._report_every(every)
        self._setting = setting
        self._service = self._configured()
        if setting is None or not setting.notices:
            self._notices.withdraw()
        alike = None if setting is None else (_lasting(setting), likeness(setting.function))
        if alike != self._likeness:
            self._likeness = alike
            self._changes += 1
            self._notices.withdraw()
            self._withdraw()

    def _configured(self) -> Any:
        """Return our service in the configuration that the master has; None where it has none."""
        services = getattr(self._master.config, "services", None)
        return services.get(SERVICE) if isinstance(services, dict) else None

    def _follow(self) -> None:
        """Take the setting of the configuration that the master has, where Buildbot has not told it.

        Buildbot tells its services one after the other, some of which may be slow or fail; it has the new
        configuration before that. The next report is drafted when Buildbot tells of it.
        """
        service = self._configured()
        if service is not self._service:
            self.use(getattr(service, "setting", None))

    def _follow_while_delivering(self) -> None:
        self._follow()
        if not self._courier.is_delivering:
            self._watch.stop()

    def _is_current(self, changes: int) -> bool:
        """Return whether the setting is that of so many changes, which nothing has followed."""
        self._follow()
        return changes == self._changes

    def report(self, reason: str) -> None:
        """Draft a report, and have it sent; for the ``reason`` ``reconfig`` only if it differs from the last one.

        While a draft is made, one more is remembered, however often this is called.
        """
        self._owe(reason)
        self._wanted = True
        if not self._drafting:
            self._drafting = True
            self._draft_all().addErrback(self._failed)

    def _report_every(self, days: int | None) -> None:
        if self._periodic is not None:
            self._periodic.stop()
            self._periodic = None
        if days is not None:
            self._periodic = task.LoopingCall(self.report, "periodic")
            self._periodic.clock = self._clock
            self._periodic.start(days * _DAY, now=False).addErrback(self._failed)

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def _draft_all(self) -> Steps:
        try:
            while self._wanted:
                self._wanted = False
                yield self._draft().addErrback(self._failed)
        finally:
            self._drafting = False

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def _draft(self) -> Steps:
        draft_type, not_sent, still_runs = yield in_thread(_import)
        self._follow()
        setting, changes, reason = self._setting, self._changes, self._owed
        if setting is None or reason is None:
            return
        if setting.assumed:
            self._say_once("c['buildbotNetUsageData'] is missing, so the level is 'basic', as announced")
        master, service = self._master, self._configured()
        draft = draft_type(
            setting, self._files, master.name, master.config, _running_master.database(master), service=service
        )
        self._owed, settled = None, False
        try:
            yield in_thread(draft.probe)
            if self._is_current(changes):
                names = yield in_slices(draft.collect(), self._clock)
                workers = None if names is None else (yield _running_master.workers_seen(master, names, self._clock))
                yield in_thread(partial(draft.describe, workers))
            if self._is_current(changes):
                yield draft.filter(self._clock)
                self._logged.discard(_STILL_RUNS)
            if self._is_current(changes):
                settled = yield from self._hand_over(setting, changes, reason, draft)
        except still_runs as why:
            self._withdraw()
            self._say_once(f"nothing is sent: {why}", _STILL_RUNS)
        except not_sent as why:
            self._withdraw()
            say(f"nothing is sent: {why}")
        finally:
            if not settled:  # it failed, or a reconfig changed the setting, and its report follows
                self._owe(reason)
            for warning in draft.warnings:
                self._say_once(warning)

    def _hand_over(self, setting: Setting, changes: int, reason: str, draft: Draft) -> Generator[Any, Any, bool]:
        """Have a report delivered, unless it is as the last one was; return False where the setting has changed."""
        told = _weightier(reason, self._reason if self._courier.is_delivering else reason)
        data, fingerprint = yield in_thread(partial(_encoded, draft, setting, told))
        if reason == "reconfig" and fingerprint == self._last:
            say("nothing is sent: the report would be as the last one was")
            return True
        if not self._is_current(changes):
            return False
        self._own = yield own_profile(setting, self._files, self._master, self._clock, service=self._service, data=data)
        if not self._is_current(changes):
            return False
        stored = yield in_thread(partial(_storage.store, self._files, setting.collector, data))
        if not self._is_current(changes):
            return False
        for complaint in stored.complaints:
            self._say_once(complaint)
        say(f"sending {stored.text}")
        self._last, self._reason = fingerprint, told
        self._courier.send(partial(_attempt, setting.url, data, stored.secret), self._own.remark if self._own else "")
        if not self._watch.running:
            self._watch.start(_LOOK, now=False).addErrback(self._failed)
        return True

    def _read_notices(self) -> None:
        """Read the collector's notices, now that it accepted a report."""
        setting, own = self._setting, self._own
        if setting is not None and setting.notices and own is not None:
            self._notices.read(setting.url, own.profile)

    def _withdraw(self) -> None:
        """Withdraw the report that is being delivered, if there is one."""
        if self._courier.stop():
            self._owe(self._reason)
            self._last = None
            say("the report that was still to be delivered is withdrawn")

    def _owe(self, reason: str) -> None:
        self._owed = reason if self._owed is None else _weightier(reason, self._owed)

    def _failed(self, failure: Any) -> None:
        self._withdraw()
        say(f"nothing was reported: {failure.type.__name__}")

    def _say_once(self, text: str, once: str | None = None) -> None:
        """Say a text, unless it was said, or another one ``once`` of its kind."""
        kind = once or text
        if kind not in self._logged:
            self._logged.add(kind)
            say(text)


def _lasting(setting: Setting) -> Setting:
    """Return what of a setting another report follows from, but for its function."""
    return replace(setting, function=None, assumed=False, notices=True)


def _weightier(one: str, other: str) -> str:
    """Return the one of two reasons that is told, where one report stands for both."""
    return max(one, other, key=_WEIGHTS.index)


def _import() -> tuple[type[Draft], type[NotSent], type[StillRuns]]:
    """Import the code that drafts reports, in a thread and after the master's start; return the names needed here."""
    from headcount.client import _assemble, _deliver, _draft, _function, _workers  # noqa: F401  # two are needed later
    from headcount.contract import vocabulary

    vocabulary()
    return _draft.Draft, _assemble.NotSent, _function.StillRuns


def _encoded(draft: Draft, setting: Setting, reason: str) -> tuple[bytes, bytes]:
    """Return the bytes to post, and their fingerprint; in a thread, since they may be millions."""
    from headcount.client._assemble import fingerprint

    data = draft.encode(reason)
    return data, fingerprint(setting, data)


def _attempt(url: str, data: bytes, secret: str | None) -> Try:
    from headcount.client._exchange import Exchange

    exchange = Exchange()

    def work() -> Any:
        from headcount.client import _deliver

        return _deliver.post(url, data, secret, exchange=exchange)

    def failed(failure: Any) -> Any:
        from headcount.client._deliver import Outcome

        return Outcome("later", f"{failure.type.__name__} while it was sent")

    return Try(in_thread(work).addErrback(failed), exchange.withdraw)


def say(text: str) -> None:
    """Write a text to the master's log: one line, whatever the text holds, and of limited length."""
    line = text[: _storage.LINE]
    if not line.isprintable():
        line = "".join(character if character.isprintable() else " " for character in line)
    log.msg(f"headcount: {line}")
