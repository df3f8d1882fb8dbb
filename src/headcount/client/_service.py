"""The service in the master: decides when to report. It lets no exception out that could hurt the master.

The master waits while this module is imported, so the code that drafts reports is imported after its start.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from buildbot.util import service
from twisted.internet import defer, reactor

from headcount.client._settings import NAME, SERVICE, Configurators, Setting

if TYPE_CHECKING:
    from headcount.client._reporter import Reporter

SET_AGAIN = (
    "c['buildbotNetUsageData'] was set again after util.UsageData had read it, so that Buildbot's own reporter is not "
    "silent"
)

Steps = Generator[Any, Any, None]  # inlineCallbacks turns it into a Deferred


class UsageDataService(service.BuildbotService):  # type: ignore[misc]  # Buildbot is not typed
    """Reports by a `Setting`, once the master runs."""

    name = SERVICE
    setting: Setting
    www: tuple[str, ...]
    configurators: Configurators | None
    _reporter: Reporter | None = None

    def checkConfig(  # Buildbot's name
        self, setting: Setting, www: tuple[str, ...] = (), configurators: Configurators | None = None
    ) -> None:
        """Take the setting, and what is known only while the configuration is read.

        ``www``: the names of the web interface's plugins; ``configurators``: what configures beside ours.
        """
        self.setting, self.www, self.configurators = setting, www, configurators

    def reconfigService(  # Buildbot's name
        self, setting: Setting, www: tuple[str, ...] = (), configurators: Configurators | None = None
    ) -> None:
        """Do nothing: see `reconfigServiceWithSibling`."""

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def startService(self) -> Steps:  # Buildbot's name
        """Start, and report as soon as the master has started."""
        yield super().startService()
        try:
            yield self._when_started()
        except Exception as error:
            _say(f"nothing will be reported: {type(error).__name__} while the reporter started")

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
                reactor.callLater(0, self._begin, "start")  # first the master says that it runs

        consumer.append((yield self.master.mq.startConsuming(started, ("masters", str(masterid), "started"))))

    def _begin(self, reason: str) -> None:
        if not self.running:
            return
        try:
            if self._reporter is None:
                from headcount.client._reporter import reporter_of

                self._reporter = reporter_of(self.master, reactor)
            if getattr(self.master.config, NAME, None) is not None:
                _say(f"nothing is sent: {SET_AGAIN}")
                self._reporter.use(None)
                return
            self._reporter.use(self.setting)
            self._reporter.report(reason)
        except Exception as error:
            _say(f"nothing is reported: {type(error).__name__} while a report was begun")

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def reconfigServiceWithSibling(self, sibling: Any) -> Steps:  # Buildbot's name
        """Take a new configuration of the whole master, and send the report if that has changed by it.

        The setting comes from the sibling, since Buildbot compares the arguments that a service was
        constructed with: a setting that is changed and changed back would otherwise keep the change.
        """
        self.setting = sibling.setting
        yield super().reconfigServiceWithSibling(sibling)
        if self._reporter is not None:
            self._begin("reconfig")

    def stopService(self) -> Any:  # Buildbot's name
        """Stop reporting, without waiting for anything."""
        if self._reporter is not None:
            self._reporter.use(None)
            self._reporter = None
        return super().stopService()


def _say(text: str) -> None:
    from headcount.client._reporter import say

    say(text)
