"""The releases of the workers that a master's own database has seen lately."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from twisted.internet import defer

from headcount.contract import band, vocabulary, worker_release

LATELY = 30 * 86_400
"""Seconds since a worker had a build; one that is connected now is seen, too."""

_PATIENCE = 20.0  # seconds for the database to answer; then the field is left out
_BUILDS = 50_000  # the newest that are looked at, so that a busy master's database has little to do

# Buildbot writes down no moment at which a worker was there, but of each build when it began, and on which worker.
_CONNECTED = "SELECT workerid FROM connected_workers"
_LATELY = (
    "SELECT DISTINCT workerid FROM (SELECT workerid, started_at FROM builds ORDER BY id DESC LIMIT :builds) AS newest "
    "WHERE started_at >= :since"
)
_WORKERS = "SELECT id, name, info FROM workers"


def seen(db: Any, names: Collection[str], now: float, clock: Any) -> defer.Deferred[Mapping[str, str] | None]:
    """Return a Deferred of release → in bands how many workers have it, of those with these names that were seen lately.

    ``db``: Buildbot's; ``now``: Unix time, seconds; ``clock`` has Twisted's ``callLater``. All is done in a thread of the
    database's. The Deferred fires with None where the database cannot be asked, or takes too long, and never fails.
    """

    def ask(connection: Any, *_: Any) -> Mapping[str, str] | None:
        try:
            return in_bands(_versions(connection, names, int(now) - LATELY))
        except Exception:  # noqa: BLE001  # Buildbot would log it as a fault of its own
            return None

    try:
        asked: defer.Deferred[Mapping[str, str] | None] = db.pool.do(ask)
    except Exception:  # noqa: BLE001  # the master stops
        return defer.succeed(None)
    asked.addTimeout(_PATIENCE, clock)
    return asked.addErrback(lambda _: None)


def _versions(connection: Any, names: Collection[str], since: int) -> list[Any]:
    """Return the version that each of the workers told when it last connected."""
    from sqlalchemy import text

    recent = {row[0] for row in connection.execute(text(_CONNECTED))}
    recent |= {row[0] for row in connection.execute(text(_LATELY), {"builds": _BUILDS, "since": since})}
    found = connection.execute(text(_WORKERS))
    return [_version(info) for worker, name, info in found if worker in recent and name in names]


def _version(info: Any) -> Any:
    try:
        told = json.loads(info)
    except (TypeError, ValueError):
        return None
    return told.get("version") if isinstance(told, dict) else None


def in_bands(versions: Collection[Any]) -> Mapping[str, str]:
    """Return release → in bands how many of these versions are of it; a version that is no published release is left out."""
    known = vocabulary()
    releases = (worker_release(version, known) for version in versions if isinstance(version, str))
    counts = Counter(release for release in releases if release is not None)
    return {str(release): band(count) for release, count in sorted(counts.items())}
