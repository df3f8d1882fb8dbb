"""The profile of a master's full report, whatever its level: it stays in the master, to be compared with notices."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet import defer

from headcount.client import _running_master
from headcount.client._slices import in_slices
from headcount.client._threads import in_thread

if TYPE_CHECKING:
    from headcount.client._files import ReportFiles
    from headcount.client._settings import Setting
    from headcount.contract import Profile


@defer.inlineCallbacks  # type: ignore[untyped-decorator]  # Twisted's, followed by nobody
def own_profile(
    setting: Setting, files: ReportFiles, master: Any, clock: Any, *, service: Any, data: bytes
) -> Generator[Any, Any, Profile | None]:
    """Return a Deferred of the profile of a master's full report, None where that cannot be made; it never fails.

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
        profile: Profile = yield in_thread(partial(_read, data))
    except Exception:  # noqa: BLE001  # the report that is to be sent is whole
        return None
    return profile


def _read(data: bytes) -> Profile:
    from headcount.contract import read_report, vocabulary

    return read_report(json.loads(data), vocabulary()).profile
