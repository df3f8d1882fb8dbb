"""The service in the master: when there is something to report. It never lets anything out that could hurt the master."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from buildbot.util import service
from twisted.internet import defer, reactor

from headcount.client._reporter import Reporter, say
from headcount.client._settings import Setting

Steps = Generator[Any, Any, None]  # what inlineCallbacks makes a Deferred of


class UsageDataService(service.BuildbotService):  # type: ignore[misc]  # Buildbot is not typed
    """Reports once the master runs, as `Setting` says."""

    name = "headcount.UsageData"
    setting: Setting
    _reporter: Reporter | None = None
    _has_started = False

    def checkConfig(self, setting: Setting) -> None:  # Buildbot's name
        """Take the setting, which was checked before, already when the configuration is read."""
        self.setting = setting

    def reconfigService(self, setting: Setting) -> None:  # Buildbot's name
        """Nothing: see `reconfigServiceWithSibling`."""

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def startService(self) -> Steps:  # Buildbot's name
        """Start, and report as soon as the master has started."""
        yield super().startService()
        try:
            self._reporter = Reporter(self.master, reactor)
            yield self._when_started()
        except Exception as error:
            say(f"nothing will be reported: {type(error).__name__} while the reporter started")

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def _when_started(self) -> Steps:
        masterid = self.master.masterid
        found = yield self.master.data.get(("masters", masterid))
        if found is not None and found["active"]:
            self._begin("reconfig")
            return
        consumer: list[Any] = []

        def started(*_: Any) -> None:
            if consumer:
                consumer.pop().stopConsuming()
                self._begin("start")

        consumer.append((yield self.master.mq.startConsuming(started, ("masters", str(masterid), "started"))))

    def _begin(self, reason: str) -> None:
        if self._reporter is not None:
            self._has_started = True
            self._reporter.use(self.setting)
            self._reporter.report(reason)

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def reconfigServiceWithSibling(self, sibling: Any) -> Steps:  # Buildbot's name
        """Take a new configuration, of the whole master: where the report has changed by it, it is sent.

        The setting is taken from the sibling, since Buildbot goes by what a service was made with: one that is changed and
        changed back would keep the change.
        """
        self.setting = sibling.setting
        yield super().reconfigServiceWithSibling(sibling)
        if self._has_started:
            try:
                self._begin("reconfig")
            except Exception as error:
                say(f"the new configuration is not reported: {type(error).__name__}")

    def stopService(self) -> Any:  # Buildbot's name
        """Report no more; wait for nothing."""
        if self._reporter is not None:
            self._reporter.use(None)
            self._reporter = None
        return super().stopService()
