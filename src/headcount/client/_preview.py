"""``headcount preview``: the bytes that a master would post, from the code that posts them. Sends nothing."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Callable

from headcount.client import _collect, _explain, _identity
from headcount.client._assemble import NotSent
from headcount.client._files import LAST_REPORT
from headcount.client._settings import Setting, switched_off
from headcount.client._tac import read_tac

NAME = "headcount preview"


class CannotPreview(Exception):
    """The preview has nothing to print; the message is one sentence that says what to do."""


def preview(
    path: str, out: IO[str], err: IO[str], *, level: str | None = None, show: str = "bytes", reset_id: bool = False
) -> int:
    """Print the report that the master at ``path`` (a ``master.cfg``, or a master's directory) would send.

    ``show``: ``bytes`` prints the bytes to post and nothing else, ``explain`` why each field is in the
    report, ``diff`` how it differs from the last one. ``reset_id``: replace the random id and the secret
    first. Assumptions are written to ``err``. Returns 0, or 1 where there is nothing to print.
    """
    try:
        with contextlib.redirect_stdout(err):  # a configuration may print
            data, basedir = _report(Path(path), err, level, reset_id=reset_id)
        out.write(_text(data, basedir, show))
    except CannotPreview as error:
        err.write(f"{NAME}: {error}\n")
        return 1
    return 0


def _report(path: Path, err: IO[str], level: str | None, *, reset_id: bool) -> tuple[bytes, Path]:
    basedir, configfile = _find(path, err)
    config = _load(basedir, configfile)
    setting = _setting(config, level)
    if reset_id:
        _reset(basedir, setting)
    return _bytes(basedir, setting, config, err), basedir


def _text(data: bytes, basedir: Path, show: str) -> str:
    body = json.loads(data)
    if show == "explain":
        return _explain.explained(body)
    if show == "diff":
        last = _last(basedir)
        if last is None:
            raise CannotPreview(f"nothing was sent yet: there is no {LAST_REPORT} in {basedir}.")
        return _explain.difference(last, body)
    return data.decode() + "\n"


def _find(path: Path, err: IO[str]) -> tuple[Path, str]:
    if not path.exists():
        raise CannotPreview(f"there is no {path}: name a master.cfg, or the directory of a master.")
    directory, configfile = (path, None) if path.is_dir() else (path.parent, path.name)
    try:
        tac = read_tac(directory)
    except FileNotFoundError:
        basedir = Path(os.path.realpath(directory))
        if configfile is None and not (directory / "master.cfg").exists():
            raise CannotPreview(
                f"there is neither a buildbot.tac nor a master.cfg in {directory}: name a master's directory."
            ) from None
        err.write(f"{NAME}: there is no buildbot.tac: assumed that the master's directory is {basedir}\n")
        return basedir, configfile or "master.cfg"
    except (OSError, SyntaxError, ValueError) as error:
        raise CannotPreview(f"{directory / 'buildbot.tac'} cannot be read: {error}.") from error
    for line in tac.assumed:
        err.write(f"{NAME}: {line}\n")
    return tac.basedir, configfile or tac.configfile


def _load(basedir: Path, configfile: str) -> Any:
    try:
        from buildbot.config.errors import ConfigErrors
        from buildbot.config.master import FileLoader
    except ImportError:
        try:  # before 3.5.0 both were in one module
            from buildbot.config import ConfigErrors, FileLoader
        except ImportError as error:
            raise CannotPreview("Buildbot is not installed here: run it where the master runs.") from error
    if not (basedir / configfile).exists():
        raise CannotPreview(f"there is no {basedir / configfile}: name a master.cfg, or the directory of a master.")
    with _as_the_master(basedir):
        try:
            return FileLoader(str(basedir), configfile).loadConfig()
        except ConfigErrors as error:
            raise CannotPreview("the configuration has errors: " + "; ".join(error.errors)) from error


@contextlib.contextmanager
def _as_the_master(basedir: Path) -> Any:
    """Work in the master's directory, as a configuration may open files by relative names; and never switched off."""
    here, environment = Path.cwd(), dict(os.environ)
    try:
        os.chdir(basedir)
        for name in ("DO_NOT_TRACK", "HEADCOUNT"):
            os.environ.pop(name, None)
        yield
    finally:
        os.chdir(here)
        os.environ.update(environment)


def _setting(config: Any, level: str | None) -> Setting:
    from headcount.client._service import UsageDataService

    services = [service for service in config.services.values() if isinstance(service, UsageDataService)]
    given: Setting | None = services[0].setting if services else None
    if level is not None:
        return Setting("", level) if given is None else replace(given, level=level, function=None)
    switch = switched_off(os.environ)
    if switch is not None:
        raise CannotPreview(f"nothing would be sent: {switch} is set in this environment; --level shows what would be.")
    if given is None:
        raise CannotPreview(
            "this master sends nothing: its level is None, or it has no util.UsageData among its configurators."
        )
    return given


def _reset(basedir: Path, setting: Setting) -> None:
    if not setting.random_id:
        raise CannotPreview(
            "this master has the id that stock Buildbot sends, which cannot be made anew: give id='random' to UsageData."
        )
    if not _identity.renew(basedir):
        raise CannotPreview(f"{basedir} cannot be written: no new id was made.")


def _bytes(basedir: Path, setting: Setting, config: Any, err: IO[str]) -> bytes:
    from headcount.client._draft import Draft  # it needs Twisted, so it is imported after the configuration

    def warn(text: str) -> None:
        err.write(f"{NAME}: {text}\n")

    database = _collect.database(_db_url(config)) or _last_database(basedir, warn)
    draft = Draft(setting, basedir, f"{_host()}:{basedir}", config, database)
    try:
        draft.probe()
        draft.collect()
        draft.describe()
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
    from twisted.python.failure import Failure

    results: list[Any] = []

    def done(result: Any) -> None:
        results.append(result)
        reactor.stop()

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


def _last_database(basedir: Path, warn: Callable[[str], None]) -> str | None:
    last = (_last(basedir) or {}).get("db")
    if last is None:
        warn("the type of the database cannot be known before the master ran: left out")
        return None
    warn("the database is behind a secret: its type is taken from the last report")
    return _collect.database(last)


def _last(basedir: Path) -> dict[str, Any] | None:
    try:
        last = json.loads((basedir / LAST_REPORT).read_bytes())
    except (OSError, ValueError):
        return None
    return last if isinstance(last, dict) else None
