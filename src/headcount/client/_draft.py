"""The draft of a report: from configuration and machine to the bytes, for the service and the preview alike."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping
from typing import Any, Callable

from twisted.internet import defer

from headcount.client import _assemble, _collect, _function, _identity, _machine
from headcount.client._assemble import NotSent
from headcount.client._database import Database
from headcount.client._files import ReportFiles
from headcount.client._settings import Setting
from headcount.contract import Vocabulary, at_basic, scrub, vocabulary

_INSTALL = "installid"
_LEFT_OUT = "left out, since not all in it is public as it stands"
_CUT = "left out, since the policy allows no more than basic"
_NO_ID = "a random id cannot be kept, so the report has none"
_SLASHES = "the function looks for names with slashes, such as buildbot/steps/shell/Test: they have dots here"


class Draft:
    """One report of the master that keeps ``files``; its methods are called in their order here.

    ``config``: Buildbot's; ``database``: the master's, as far as it is known; ``service``: ours in ``config``, None
    where it has none; ``random_id``: returns the random id, as `_identity.random_id` does. ``warnings`` collects lines for
    the administrator.
    """

    def __init__(
        self,
        setting: Setting,
        files: ReportFiles,
        master_name: str,
        config: Any,
        database: Database,
        *,
        service: Any = None,
        random_id: Callable[[ReportFiles, str], str | None] = _identity.random_id,
    ) -> None:
        self._setting = setting
        self._files = files
        self._random_id = random_id
        self._master_name = master_name
        self._config = config
        self._database = database
        self._service = service
        self._full = setting.level != "basic"
        self._known: Vocabulary = vocabulary()
        self._facts: dict[str, Any] = {}
        self._body: dict[str, Any] | None = None  # what may be sent, once the function has passed it
        self._collected: _collect.Collected
        self.warnings: list[str] = []

    def probe(self) -> None:
        """Read the facts of the machine and the id of the installation. May block."""
        machine = _machine.machine(full=self._full)
        if self._setting.random_id:
            install = self._random_id(self._files, self._setting.collector)
        else:
            install = _identity.stock_id(self._master_name, _machine.full_name())
        if install is None:
            self.warnings.append(_NO_ID)
        self._facts = {"installid": install, **machine}

    def collect(self) -> Generator[None, None, frozenset[str] | None]:
        """Read the configuration in short steps, in the reactor's thread, since its objects are the master's.

        Returns the names of its workers where the report tells of them, and else None.
        """
        www, configurators = getattr(self._service, "www", None), getattr(self._service, "configurators", None)
        self._collected = yield from _collect.collect(
            self._config,
            self._known,
            full=self._full,
            www=www,
            configurators=None if configurators is None else configurators.classes,
        )
        return self._collected.workers if self._full else None

    def describe(self, workers: Mapping[str, str] | None = None) -> None:
        """Count the names of the configuration; in any thread. ``workers``: release → in bands how many have it."""
        facts = {**self._facts, **self._collected.facts(), "db": self._database.type}
        if self._full:
            facts |= {"db_driver": self._database.driver, "db_server": self._database.server, "workers": workers}
        self._facts = _assemble.ordered(facts)
        self._body = self._facts if self._setting.function is None else None

    @defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
    def filter(self, clock: Any) -> Generator[Any, Any, None]:
        """Call the administrator's function, if there is one, with the report.

        ``clock`` has Twisted's ``callLater``. The Deferred fails with `NotSent` where no report is to be
        sent.
        """
        function = self._setting.function
        if function is None:
            return
        if _function.expects_slashes(function):
            self.warnings.append(_SLASHES)
        self._body = yield _function.apply(function, self._facts, clock)

    def encode(self, reason: str) -> bytes:
        """Return the bytes to post, before compression: what is public of the report. In any thread.

        Raises `NotSent` where the report is too large, or has keys that no field has.
        """
        if self._body is None:
            raise NotSent("the function has not passed the report")
        report, left_out, unknown = scrub(self._body, self._known)
        if unknown:
            raise NotSent(
                f"the function added {unknown} key{'s'[: unknown > 1]} that the catalog of fields does not have"
            )
        if report.get(_INSTALL) != self._facts.get(_INSTALL) and report.pop(_INSTALL, None) is not None:
            left_out = (_INSTALL, *left_out)
        if left_out:
            self.warnings.append(f"{_LEFT_OUT}: {', '.join(left_out)}")
        if self._full and self._setting.most == "basic":
            report, lost = at_basic(report, self._collected.plugins_at_basic())
            if lost:
                self.warnings.append(f"{_CUT}: {', '.join(lost)}")
        report = _assemble.ordered(report)
        version = self._known.version
        return _assemble.assemble(self._setting, report, version, reason=reason, report_id=uuid.uuid4().hex)
