"""``headcount preview``: the bytes that a master would post, from the code that posts them. Sends nothing."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Callable

from headcount.client import _explain, _identity, _settings, _usage_data, policy
from headcount.client._assemble import NotSent
from headcount.client._configuration import Absent, CannotPreview, load
from headcount.client._files import ReportFiles
from headcount.client._last_report import LastReport
from headcount.client._locate import NotLocated, Warn, locate
from headcount.client._settings import Setting, switched_off

if TYPE_CHECKING:
    from headcount.client._service import UsageDataService

NAME = "headcount preview"


def preview(
    path: str,
    out: IO[str],
    err: IO[str],
    *,
    level: str | None = None,
    show: str = "bytes",
    reset_id: bool = False,
    basedir: str | None = None,
    explains: bool = False,
) -> int:
    """Print the report that the master at ``path`` (a ``master.cfg``, or a master's directory) would send.

    ``show``: ``bytes`` prints the bytes to post and nothing else, ``explain`` why each field is in the
    report, ``diff`` how it differs from the last one. ``reset_id``: replace the random id and the secret
    first; nothing else is written to the master's directory. ``basedir``: the master's directory, where
    ``path`` and its ``buildbot.tac`` do not tell it. ``explains``: after the bytes, write to ``err`` why each field is in
    them, as a person at a terminal wants to know. Assumptions are written to ``err``, as is what the
    configuration and the function print. Returns 0, or 1 where there is nothing to print.
    """

    def warn(text: str) -> None:
        err.write(f"{NAME}: {text}\n")

    try:
        with output_to(err):
            data, files = _report(Path(path), basedir, level, warn, reset_id=reset_id)
        out.write(_text(data, files, show))
        if explains and show == "bytes":
            out.flush()
            err.write(f"\n{_explain.explained(json.loads(data))}")
    except (CannotPreview, NotLocated) as error:
        warn(str(error))
        return 1
    return 0


def _report(
    path: Path, basedir: str | None, level: str | None, warn: Warn, *, reset_id: bool
) -> tuple[bytes, ReportFiles]:
    master = locate(path, basedir, warn)
    files = ReportFiles(master.basedir, master.configfile)
    with working_in(master.directory):
        config, configurators = load(master)
        service = service_of(config)
        setting = _setting(config, service, level, warn)
        if reset_id:
            _reset(files, setting)
        return report_bytes(files, setting, config, service or Absent(configurators), warn), files


def _text(data: bytes, files: ReportFiles, show: str) -> str:
    body = json.loads(data)
    if show == "explain":
        return _explain.explained(body)
    if show == "diff":
        last = LastReport(files, lambda _: None).body
        if last is None:
            raise CannotPreview(f"nothing was sent yet: there is no {files.report.name} in {files.basedir}.")
        return _explain.difference(last, body)
    return data.decode() + "\n"


@contextlib.contextmanager
def output_to(err: IO[str]) -> Iterator[None]:
    """Let nothing reach standard output: what is printed goes to ``err``, and what is written to the file
    descriptor, as by a child process, to standard error.
    """
    _open_standard_error()
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output
        kept = None
    try:
        if kept is not None:
            os.dup2(2, 1)
        with contextlib.redirect_stdout(err):
            yield
    finally:
        if kept is not None:
            _flush()
            os.dup2(kept, 1)
            os.close(kept)


def _flush() -> None:
    """Write what a configuration printed to the original standard output."""
    if sys.__stdout__ is not None:
        with contextlib.suppress(OSError, ValueError):
            sys.__stdout__.flush()


def _open_standard_error() -> None:
    """Send standard error nowhere, if there is none: its descriptor would be the next file's."""
    try:
        os.fstat(2)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if nowhere != 2:
            os.dup2(nowhere, 2)
            os.close(nowhere)


@contextlib.contextmanager
def working_in(directory: Path) -> Iterator[None]:
    """Work in the master's directory, as a configuration and a function may open files by relative names."""
    here = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(here)


def service_of(config: Any) -> UsageDataService | None:
    """Return our service in a configuration; None where it has none."""
    from headcount.client._service import UsageDataService

    return next((service for service in config.services.values() if isinstance(service, UsageDataService)), None)


def _setting(config: Any, service: UsageDataService | None, level: str | None, warn: Warn) -> Setting:
    from headcount.client._service import SET_AGAIN

    try:
        allowed = policy.in_force(os.environ)
    except policy.WrongPolicy as wrong:
        raise CannotPreview(f"nothing would be sent: {wrong}.") from wrong
    off = allowed.level == "off"
    if allowed.sources:
        more = "; this would be sent without it" if off and level is not None else ""
        warn(f"the policy {allowed.source} applies: {allowed}{more}.")
    given = None if service is None else service.setting
    if level is not None:
        asked = Setting("", level) if given is None else replace(given, level=level, function=None)
        return asked if off else policy.applied(allowed, asked)
    if off:
        raise CannotPreview("nothing would be sent; --level shows what would be without the policy.")
    switch = switched_off(os.environ)
    if switch is not None:
        raise CannotPreview(f"nothing would be sent: {switch} is set in this environment; --level shows what would be.")
    if given is None:
        if _usage_data.waiting:
            raise CannotPreview(f"this master sends nothing: {_usage_data.NO_TURN}.")
        raise CannotPreview(
            "this master sends nothing: its level is None, or it has no util.UsageData among its configurators."
        )
    if getattr(config, _settings.NAME, None) is not None:
        raise CannotPreview(f"nothing would be sent: {SET_AGAIN}.")
    return given


def _reset(files: ReportFiles, setting: Setting) -> None:
    if not setting.random_id:
        raise CannotPreview(
            "this master has the id that stock Buildbot sends, which cannot be made anew: give id='random' to UsageData."
        )
    if not _identity.renew(files):
        raise CannotPreview(f"{files.basedir} cannot be written: no new id was made.")


def report_bytes(
    files: ReportFiles, setting: Setting, config: Any, service: UsageDataService | Absent, warn: Warn
) -> bytes:
    """Return the bytes that would be posted under a setting; ``warn`` is told what had to be assumed.

    Raises `CannotPreview` where nothing would be sent.
    """
    from headcount.client._draft import Draft  # they need Twisted, so they are imported after the configuration
    from headcount.client._slices import at_once

    def random_id(files: ReportFiles, collector: str) -> str:
        known = _identity.known_random_id(files, collector)
        if known is None:
            warn(f"there is no {files.id.name} yet: the installid is an example, and the master makes its own")
        return known or _identity.example_id(collector)

    last = LastReport(files, warn)
    database = last.database(_db_url(config), full=setting.level != "basic")
    draft = Draft(setting, files, f"{_host()}:{files.basedir}", config, database, service=service, random_id=random_id)
    try:
        draft.probe()
        draft.describe(None if at_once(draft.collect()) is None else last.workers())
        if setting.function is not None:
            _wait(draft.filter)
        return draft.encode("start")
    except NotSent as why:
        raise CannotPreview(f"nothing would be sent: {why}.") from why
    finally:
        for warning in draft.warnings:
            warn(warning)


def _wait(work: Callable[[Any], Any]) -> None:
    """Run the reactor until the Deferred of ``work`` fires, as in the running master: a function may return one.

    Raises what it fails with, and KeyboardInterrupt where Ctrl-C ended the wait.
    """
    from twisted.internet import reactor
    from twisted.internet.error import ReactorNotRunning
    from twisted.python.failure import Failure

    results: list[Any] = []

    def done(result: Any) -> None:
        with contextlib.suppress(ReactorNotRunning):  # Ctrl-C was quicker, and there is no result
            reactor.stop()
            results.append(result)

    reactor.callWhenRunning(lambda: work(reactor).addBoth(done))
    reactor.run()
    if not results:  # Ctrl-C stopped the reactor
        raise KeyboardInterrupt
    if isinstance(results[0], Failure):
        results[0].raiseException()


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else socket.getfqdn()


def _db_url(config: Any) -> Any:
    db = config.db
    return db.get("db_url") if isinstance(db, dict) else getattr(db, "db_url", None)
