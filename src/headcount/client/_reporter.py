"""The reporter of one master: drafts its reports, and has them delivered.

Code that touches the master's objects runs in the reactor's thread, for a moment; all other code runs in
threads that nobody waits for.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet import defer, task
from twisted.python import log

from headcount.client._courier import Courier
from headcount.client._files import ReportFiles, configfile_of
from headcount.client._threads import in_thread

if TYPE_CHECKING:
    from headcount.client._assemble import NotSent
    from headcount.client._draft import Draft
    from headcount.client._settings import Setting

Steps = Generator[Any, Any, None]  # inlineCallbacks turns it into a Deferred

_DAY = 86_400  # seconds
_UNWRITABLE = (
    "the master's directory cannot be written: usage-report.json is not kept, and without a secret nobody can ask the "
    "collector for what it has of this installation"
)
_LINE = 80 * 1024  # characters of a line in the log


class Reporter:
    """Reports for the master: at its start, when its configuration has changed, and periodically.

    ``master``: Buildbot's; ``clock``: has Twisted's ``callLater``. No method raises or blocks.
    """

    def __init__(self, master: Any, clock: Any) -> None:
        self._master = master
        self._clock = clock
        self._files = ReportFiles(master.basedir, configfile_of(master))
        self._setting: Setting | None = None
        self.www: tuple[str, ...] | None = None
        """The names of the web interface's plugins, as the configuration gave them; None where they are not known."""
        self._one_at_a_time = defer.DeferredLock()
        self._courier = Courier(clock, random.random, say)
        self._last: bytes | None = None
        self._owed: str | None = None  # the reason of a report that was not sent, since the setting changed
        self._logged: set[str] = set()
        self._periodic: task.LoopingCall | None = None

    def use(self, setting: Setting | None) -> None:
        """Report by this setting from now on; None stops all reports, but for a try that is under way."""
        every = None if setting is None else setting.every
        if every != (None if self._setting is None else self._setting.every):
            self._report_every(every)
        self._setting = setting
        if setting is None:
            self._courier.stop()

    def report(self, reason: str) -> None:
        """Draft a report, and have it sent; for the ``reason`` ``reconfig`` only if it differs from the last one."""
        self._one_at_a_time.run(self._draft, reason).addErrback(self._failed)

    def _report_every(self, days: int | None) -> None:
        if self._periodic is not None:
            self._periodic.stop()
            self._periodic = None
        if days is not None:
            self._periodic = task.LoopingCall(self.report, "periodic")
            self._periodic.clock = self._clock
            self._periodic.start(days * _DAY, now=False).addErrback(self._failed)

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def _draft(self, reason: str) -> Steps:
        draft_type, not_sent = yield in_thread(_import)
        setting = self._setting
        if setting is None:
            return
        reason, self._owed = self._owed or reason, None
        if setting.assumed:
            self._say_once("c['buildbotNetUsageData'] is missing, so the level is 'basic', as announced")
        draft = draft_type(
            setting, self._files, self._master.name, self._master.config, _database(self._master), www=self.www
        )
        try:
            yield in_thread(draft.probe)
            draft.collect()
            yield in_thread(draft.describe)
            yield draft.filter(self._clock)
            data = yield in_thread(partial(draft.encode, reason))
        except not_sent as why:
            self._withdraw()
            say(f"nothing is sent: {why}")
            return
        finally:
            for warning in draft.warnings:
                self._say_once(warning)
        if reason == "reconfig" and _fingerprint(setting, data) == self._last:
            say("nothing is sent: the report would be as the last one was")
            return
        yield from self._hand_over(setting, reason, data)

    def _hand_over(self, setting: Setting, reason: str, data: bytes) -> Steps:
        if self._setting == setting:
            text, secret = yield in_thread(partial(_store, self._files, setting.collector, data))
        if self._setting != setting:  # a reconfig changed it, and its report follows
            self._owed = reason
            return
        if secret is None:
            self._say_once(_UNWRITABLE)
        say(f"sending {text}")
        self._last = _fingerprint(setting, data)
        self._courier.send(partial(_attempt, setting.url, data, secret))

    def _withdraw(self) -> None:
        """Stop delivering the last report: it does not describe the master any more."""
        self._courier.stop()
        self._last = None

    def _failed(self, failure: Any) -> None:
        self._withdraw()
        say(f"nothing was reported: {failure.type.__name__}")

    def _say_once(self, text: str) -> None:
        if text not in self._logged:
            self._logged.add(text)
            say(text)


def _import() -> tuple[type[Draft], type[NotSent]]:
    """Import the code that drafts reports, in a thread and after the master's start; return the two names needed here."""
    from headcount.client import _assemble, _deliver, _draft  # noqa: F401  # the courier's tries need it
    from headcount.contract import vocabulary

    vocabulary()
    return _draft.Draft, _assemble.NotSent


def _fingerprint(setting: Setting, data: bytes) -> bytes:
    """Return a hash: equal for reports to the same collector that differ in id and reason alone."""
    body, _, envelope = data.rpartition(b',"headcount":')
    lasting = b"".join(part for part in envelope.split(b",") if not part.startswith((b'"report"', b'"reason"')))
    return hashlib.sha256(f"{setting.url}\0{setting.collector}\0".encode() + body + lasting).digest()


def _database(master: Any) -> str | None:
    from headcount.client import _collect

    try:
        return _collect.database(str(master.db.pool.engine.dialect.name))
    except AttributeError:
        return None


def _store(files: ReportFiles, collector: str, data: bytes) -> tuple[str, str | None]:
    """Store a report in its file; return its text for the log, and the secret to send with it."""
    from headcount.client import _assemble, _files, _identity

    _files.write_private(files.report, data)
    return _assemble.for_the_log(data), _identity.secret(files, collector)


def _attempt(url: str, data: bytes, secret: str | None) -> defer.Deferred[Any]:
    def work() -> Any:
        from headcount.client import _deliver

        return _deliver.post(url, data, secret)

    def failed(failure: Any) -> Any:
        from headcount.client._deliver import Outcome

        return Outcome("later", f"{failure.type.__name__} while it was sent")

    return in_thread(work).addErrback(failed)


def say(text: str) -> None:
    """Write a text to the master's log: one line, whatever the text holds, and of limited length."""
    line = text[:_LINE]
    if not line.isprintable():
        line = "".join(character if character.isprintable() else " " for character in line)
    log.msg(f"headcount: {line}")
