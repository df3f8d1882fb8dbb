"""The profile of a master's full report, whatever its level: it stays in the master, for notices and advice."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from twisted.internet import defer

from headcount.client import _running_master
from headcount.client._slices import in_slices
from headcount.client._threads import in_thread

if TYPE_CHECKING:
    from headcount.client._files import ReportFiles
    from headcount.client._settings import Setting
    from headcount.contract import Profile


class OwnProfile(NamedTuple):
    """The ``profile`` of a master's full report, and how many things ``concern`` it, as far as that tells."""

    profile: Profile
    concern: int

    @property
    def remark(self) -> str:
        """What a line in the log adds of it; empty where nothing concerns it."""
        things = f"{self.concern} thing{'s'[: self.concern > 1]}"
        return f"`headcount advise` has at least {things} to say of this master" if self.concern else ""


@defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
def own_profile(
    setting: Setting, files: ReportFiles, master: Any, clock: Any, *, service: Any, data: bytes
) -> Generator[Any, Any, OwnProfile | None]:
    """Return a Deferred of a master's own profile, None where that cannot be made; it never fails.

    ``data``: the report that is to be sent, which is the full one at that level, and stands for it where no notices are
    wanted. ``service``: ours in the configuration; ``clock`` has Twisted's ``callLater`` and ``seconds``.
    """
    try:
        if setting.level != "full" and setting.notices:
            from headcount.client._draft import Draft

            full = replace(setting, level="full", function=None)
            draft = Draft(full, files, master.name, master.config, _running_master.database(master), service=service)
            yield in_thread(draft.probe)
            names = yield in_slices(draft.collect(), clock)
            workers = None if names is None else (yield _running_master.workers_seen(master, names, clock))
            yield in_thread(partial(draft.describe, workers))
            data = yield in_thread(partial(draft.encode, "start"))
        today = datetime.fromtimestamp(clock.seconds(), timezone.utc).date()
        own: OwnProfile = yield in_thread(partial(_read, data, today))
    except Exception:  # noqa: BLE001  # the report that is to be sent is whole
        return None
    return own


def _read(data: bytes, today: date) -> OwnProfile:
    from headcount.client.advice import concerns
    from headcount.contract import read_report, vocabulary

    profile = read_report(json.loads(data), vocabulary()).profile
    return OwnProfile(profile, len(concerns(profile, today)))
