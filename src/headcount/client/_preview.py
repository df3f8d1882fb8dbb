"""``headcount preview``: the bytes that a master would post, made by the code that posts them. Sends nothing."""

from __future__ import annotations

import json
import os
import socket
import uuid
from pathlib import Path
from typing import IO, Any

from headcount.client import _assemble, _collect
from headcount.client._files import LAST_REPORT
from headcount.client._settings import Setting
from headcount.client._tac import read_tac
from headcount.contract import vocabulary

NAME = "headcount preview"


class CannotPreview(Exception):
    """There is nothing to print; the message is one sentence that says what to do."""


def preview(path: str, level: str | None, out: IO[str], err: IO[str]) -> int:
    """Print what the master at ``path`` (a ``master.cfg``, or a master's directory) would send.

    What had to be assumed goes to ``err``. Returns 0, or 1 where there is nothing to print.
    """
    try:
        basedir, configfile = _find(Path(path), err)
        config = _load(basedir, configfile)
        data = _make(basedir, _setting(config, level), config, err)
    except CannotPreview as error:
        err.write(f"{NAME}: {error}\n")
        return 1
    out.write(data.decode() + "\n")
    return 0


def _find(path: Path, err: IO[str]) -> tuple[Path, str]:
    if path.is_dir():
        try:
            tac = read_tac(path)
        except FileNotFoundError:
            if not (path / "master.cfg").exists():
                raise CannotPreview(
                    f"there is neither a buildbot.tac nor a master.cfg in {path}: name a master's directory."
                ) from None
            return path.absolute(), "master.cfg"
        except (OSError, SyntaxError, ValueError) as error:
            raise CannotPreview(f"{path / 'buildbot.tac'} cannot be read: {error}.") from error
        for line in tac.assumed:
            err.write(f"{NAME}: {line}\n")
        return tac.basedir, tac.configfile
    if not path.exists():
        raise CannotPreview(f"there is no {path}: name a master.cfg, or the directory of a master.")
    if not (path.parent / "buildbot.tac").exists():
        err.write(f"{NAME}: assumed that the master's directory is {path.parent.absolute()}\n")
    return path.parent.absolute(), path.name


def _load(basedir: Path, configfile: str) -> Any:
    try:
        from buildbot.config.errors import ConfigErrors
        from buildbot.config.master import FileLoader
    except ImportError:
        try:  # before 3.5.0 both were in one module
            from buildbot.config import ConfigErrors, FileLoader
        except ImportError as error:
            raise CannotPreview("Buildbot is not installed here: run it where the master runs.") from error
    here = Path.cwd()
    try:
        if not (basedir / configfile).exists():
            raise CannotPreview(f"there is no {basedir / configfile}: name a master.cfg, or the directory of a master.")
        os.chdir(basedir)  # as the master's is, for a configuration that opens files by relative names
        return FileLoader(str(basedir), configfile).loadConfig()
    except ConfigErrors as error:
        raise CannotPreview("the configuration has errors: " + "; ".join(error.errors)) from error
    finally:
        os.chdir(here)


def _setting(config: Any, level: str | None) -> Setting:
    from headcount.client._service import UsageDataService

    for service in config.services.values():
        if isinstance(service, UsageDataService):
            setting: Setting = service._config_kwargs["setting"]  # noqa: SLF001  # where it is before it runs  # before it runs it is nowhere else
            return setting if level is None else Setting(setting.url, level)
    if level is not None:
        return Setting("", level)
    raise CannotPreview(
        "this master sends nothing: its level is None, or it has no util.UsageData among its configurators."
    )


def _make(basedir: Path, setting: Setting, config: Any, err: IO[str]) -> bytes:
    from headcount.client import _machine

    full = setting.level != "basic"
    known = vocabulary()
    facts = {
        "installid": _assemble.install_id(f"{_host()}:{basedir}", _machine.full_name()),
        **_machine.machine(full=full),
        **_collect.collect(config, known, full=full),
        "db": _collect.database(_db_url(config)) or _last_database(basedir, err),
    }
    try:
        return _assemble.encode(_assemble.assemble(setting, facts, known, reason="start", report_id=uuid.uuid4().hex))
    except _assemble.NotSent as why:
        raise CannotPreview(f"nothing would be sent: {why}.") from why


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else socket.getfqdn()


def _db_url(config: Any) -> Any:
    db = config.db
    return db.get("db_url") if isinstance(db, dict) else getattr(db, "db_url", None)


def _last_database(basedir: Path, err: IO[str]) -> str | None:
    try:
        found = json.loads((basedir / LAST_REPORT).read_bytes())["db"]
    except (OSError, ValueError, KeyError, TypeError):
        err.write(f"{NAME}: the type of the database cannot be known before the master ran: left out\n")
        return None
    err.write(f"{NAME}: the database is behind a secret: its type is taken from the last report\n")
    return _collect.database(found)
