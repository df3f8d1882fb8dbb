"""``doctor``: looks at each part of a data directory, and says whether it is well, and if it is not what to do."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headcount._refused import Refused
from headcount.ingest import Inbox, Pseudonymizer, load_key
from headcount.server.commands.companions import is_published
from headcount.server.data.clock import Clock
from headcount.server.data.directory import DataDirectory
from headcount.server.data.inboxes import OTHER_KEY
from headcount.server.data.notices import DamagedNotices, Notices
from headcount.server.data.opened import OpenData
from headcount.server.data.reckoning import DAY, PATIENCE
from headcount.server.data.simulation import Origin
from headcount.server.data.tokens import Tokens
from headcount.server.data.tombstones import damaged_lines
from headcount.warehouse import Finding

_LITTLE = 256 * 1024 * 1024  # bytes free on the disk; with less the doctor warns
_COUNTED = 1_000_000  # reports in an inbox that are counted
_SHOWN = 5  # files that are named of those that others can open


def examine(data: OpenData, arguments: Mapping[str, Any]) -> list[Finding]:
    """Look at all parts, and return what there is to say of each; with ``rebuild`` compute the derived tables again first.

    Without ``rebuild`` nothing is changed, and a part that cannot be looked at is a finding. Raises `Refused` where the
    tables cannot be computed.
    """
    if arguments["rebuild"]:
        data.catch_up()
        data.warehouse.rebuild()
    directory = data.directory
    return [
        *_disk(directory),
        _key(directory),
        _clock(data.clock),
        *_readable(_privacy(directory)),
        *_readable(_leftovers(data)),
        *_readable(_files(directory)),
        *_inboxes(directory),
        *_loading(data),
        *_readable(_origin(data)),
        *_warehouse(data),
        *(data.serving.sign_in if data.serving is not None else ()),
    ]


def _disk(directory: DataDirectory) -> Iterator[Finding]:
    free = shutil.disk_usage(directory.path).free
    if free < _LITTLE:
        yield Finding(
            False, f"the disk is nearly full: {free // 2**20} MiB are free; reports are refused when it is full"
        )
    else:
        yield Finding(True, f"{free // 2**20:,} MiB are free on the disk")
    try:
        with tempfile.TemporaryFile(dir=directory.path) as file:
            file.write(b"x")
    except OSError as error:
        yield Finding(False, f"{directory.path} cannot be written: {error.strerror}")


def _key(directory: DataDirectory) -> Finding:
    try:
        load_key(directory.key, create=False)
        mode = stat.S_IMODE(directory.key.stat().st_mode)
    except (ValueError, OSError) as error:
        return Finding(False, str(error))
    if mode & 0o077:
        return Finding(False, f"others can read the pseudonym key: chmod 600 {directory.key}")
    return Finding(True, "the pseudonym key is there, and private")


def _clock(clock: Clock) -> Finding:
    known = clock.reckoning()
    if known.doubt is not None:
        return Finding(
            False,
            f"the machine's clock says {_stamp(known.look.clock)}, where it is {_stamp(known.time)} by the seconds that "
            "passed: set the clock right; where it is, it is believed within a day",
        )
    if known.stepped and known.quiet < PATIENCE:
        until = known.time + PATIENCE - known.quiet
        return Finding(
            True, f"the clock stepped, or the machine was off: nothing goes by its age until {_stamp(until)}"
        )
    late = round((known.time - (known.age or known.time)) / DAY)
    if late:
        return Finding(
            True,
            f"what came before {_stamp(known.time - known.quiet)} is held {late} days longer than else, since the clock "
            "stepped then, or the machine was off",
        )
    return Finding(True, "the clock is believed")


def _stamp(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M")


def _readable(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Let what cannot be looked at be a finding too."""
    try:
        yield from findings
    except OSError as error:
        yield Finding(False, f"{error.filename} cannot be read: {error.strerror}")


def _privacy(directory: DataDirectory) -> Iterator[Finding]:
    """Say which files others may open. The key is looked at apart."""
    paths = [directory.path, *sorted(directory.path.rglob("*"))]
    open_to_others = [path for path in paths if path != directory.key and _is_open_to_others(path)]
    if open_to_others:
        listed = ", ".join(str(path.relative_to(directory.path.parent)) for path in open_to_others[:_SHOWN])
        more = f" and {len(open_to_others) - _SHOWN} more" if len(open_to_others) > _SHOWN else ""
        yield Finding(False, f"others can open {listed}{more}: chmod -R go= {directory.path}")
    else:
        yield Finding(True, "nobody else can open what lies in the data directory")


def _is_open_to_others(path: Path) -> bool:
    with suppress(FileNotFoundError):  # a file may be gone by now
        mode = path.lstat().st_mode
        return not stat.S_ISLNK(mode) and bool(mode & 0o077)
    return False


def _leftovers(data: OpenData) -> Iterator[Finding]:
    for path in data.copies.left():
        yield Finding(
            False,
            f"{path.relative_to(data.directory.path)} was left by a process that was killed: whichever process opens the "
            "data next removes it, or the next erasure",
        )
    if data.directory.restored.exists():
        yield Finding(False, "a restore was ended before its end: whichever process opens the data next carries on")


def _files(directory: DataDirectory) -> Iterator[Finding]:
    """Say which small files are damaged."""
    for number in damaged_lines(directory.tombstones):
        yield Finding(
            False,
            f"line {number} of {directory.tombstones} is damaged: whoever it names may come back from a backup; delete the "
            "line once you have looked at it",
        )
    try:
        Tokens(directory.tokens, time.time)
    except ValueError as error:
        yield Finding(False, str(error))
    try:
        Notices(directory.notices, time.time).read()
    except (DamagedNotices, OSError) as error:
        yield Finding(False, str(error))
    for kind, published in (("publication", directory.publications), ("record", directory.records)):
        for path in sorted(published.glob("*.json")):
            if not is_published(f"{published.name}/{path.name}", path.read_bytes()):
                yield Finding(False, f"the {kind} {path.name} is damaged: `headcount restore` of a backup puts it back")


def _inboxes(directory: DataDirectory) -> Iterator[Finding]:
    fingerprint = _fingerprint(directory)
    for path in sorted(directory.inboxes.glob("*.sqlite")):
        try:
            with closing(Inbox(path)) as inbox:
                problems = inbox.check()
                waiting = len(inbox.waiting(0, _COUNTED).arrivals)
                key = inbox.key
        except (ValueError, sqlite3.Error) as error:
            yield Finding(
                False, f"the inbox {path.name} is damaged ({error}): its process sets it aside, and keeps what is good"
            )
            continue
        if problems:
            yield Finding(False, f"the inbox {path.name} is damaged: {problems[0]}")
        elif waiting and fingerprint is not None and key not in (None, fingerprint):
            yield Finding(
                False, f"the inbox {path.name} is not loaded, and {waiting:,} reports wait in it: {OTHER_KEY}"
            )
        else:
            yield Finding(True, f"the inbox {path.name} is whole; {waiting:,} reports wait in it")
    for path in sorted(directory.inboxes.glob("*.damaged-*Z")):
        yield Finding(
            False, f"{path.name} was set aside; what was good in it was kept: delete it once you have looked at it"
        )


def _loading(data: OpenData) -> Iterator[Finding]:
    if data.serving is not None and data.loader.failing:
        yield Finding(False, "what waits in the inboxes cannot be loaded, and is tried again: the log says why")


def _origin(data: OpenData) -> Iterator[Finding]:
    """Say where reports are a simulated fleet's."""
    origin = data.simulation.origin()
    if origin is Origin.SIMULATED:
        yield Finding(True, "the reports are of a simulated fleet, and every page says so")
    elif origin is Origin.MIXED:
        yield Finding(
            False,
            "real reports are among those of a simulated fleet, and no answer tells them apart: have them sent to another "
            "collector",
        )


def _warehouse(data: OpenData) -> Iterator[Finding]:
    if not data.store.is_there:
        yield Finding(True, "there is no warehouse yet")
        return
    if data.store.shared:
        yield Finding(True, f"the warehouse is {data.directory.remembered_url}")
    try:
        warehouse = data.open_warehouse(_fingerprint(data.directory))
    except Refused as error:
        yield Finding(False, str(error).rstrip("."))
        return
    yield from warehouse.examine(data.now())


def _fingerprint(directory: DataDirectory) -> str | None:
    """Return the fingerprint of the key; None where it is missing, which is another finding."""
    try:
        return Pseudonymizer(load_key(directory.key, create=False)).fingerprint
    except (ValueError, OSError):
        return None
