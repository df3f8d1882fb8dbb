"""``headcount advise``: what concerns a master, computed where it runs. Sends nothing of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from headcount._refused import Refused
from headcount.client import _machine
from headcount.client._configuration import Absent, CannotPreview, load
from headcount.client._files import ReportFiles
from headcount.client._locate import Located, NotLocated, locate
from headcount.client._preview import output_to, report_bytes, service_of, working_in
from headcount.client._settings import Setting
from headcount.client.advice import _fetch, _forms
from headcount.client.advice._among import among_others
from headcount.client.advice._concerns import concerns
from headcount.client.advice._publication import LARGEST_PUBLICATION
from headcount.client.advice._sources import read_sources
from headcount.contract import LARGEST_BODY, InvalidReport, Profile, read_report, read_stock, vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headcount.client.advice._publication import Published
    from headcount.client.advice._source import Source
    from headcount.contract import Notice

NAME = "headcount advise"
_REPORT = ".json"


def advise(
    path: str,
    out: IO[str],
    err: IO[str],
    *,
    today: date,
    url: str | None = None,
    publication: Path | None = None,
    basedir: str | None = None,
    form: str = "text",
    strict: bool = False,
) -> int:
    """Print what concerns the master at ``path``: its directory, a ``master.cfg``, or a ``usage-report.json``.

    ``today``: UTC; ``url``: of a collector whose publication and notices are fetched; ``publication``: a file of one;
    ``form``: ``text`` or ``json``. Returns 0, with ``strict`` 1 where anything was found. Raises `Refused`.
    """
    published, notices = _published(url, publication, err)
    profile, files = _of_report(Path(path)) if _is_report(Path(path)) else _of_master(Path(path), basedir, err)
    told = concerns(profile, today, notices, published, files)
    among = [] if published is None else among_others(profile, published)
    write = _forms.as_json if form == "json" else _forms.text
    out.write(write(told, among, None if published is None else published.week))
    return int(strict and bool(told))


def _warn(err: IO[str], text: str) -> None:
    err.write(f"{NAME}: {text}\n")


def _published(url: str | None, file: Path | None, err: IO[str]) -> tuple[Published | None, Sequence[Notice]]:
    """Return a publication and notices. They are asked for before the master is looked at, and so without regard to it."""
    published: Published | None = None
    notices: Sequence[Notice] = ()
    if url is not None:
        from headcount.client._get import NotFetched
        from headcount.client.notices._fetch import fetch

        published = _fetch.publication(url)
        if published is None:
            _warn(err, "the collector has published nothing yet")
        try:
            notices = fetch(url)
        except NotFetched as error:
            _warn(err, f"there are no notices: {_fetch.printable(str(error))}")
    if file is not None:
        published = _fetch.read(_bytes(file, LARGEST_PUBLICATION))
    return published, notices


def _bytes(file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None


def _is_report(path: Path) -> bool:
    return path.suffix == _REPORT and not path.is_dir()


def _of_report(path: Path) -> tuple[Profile, Sequence[Source]]:
    """Return the profile of a report, ours or stock's."""
    content = _bytes(path, LARGEST_BODY)
    if len(content) > LARGEST_BODY:
        raise Refused(f"{path} is no report: it is larger than any.")
    try:
        body: Any = json.loads(content)
        ours = isinstance(body, dict) and "headcount" in body
        return (read_report if ours else read_stock)(body, vocabulary()).profile, ()
    except InvalidReport as error:
        raise Refused(f"{path} is no report: {_fetch.printable(str(error))[:200]}.") from None
    except (ValueError, RecursionError):
        raise Refused(f"{path} is no report: it is no JSON.") from None


def _of_master(path: Path, basedir: str | None, err: IO[str]) -> tuple[Profile, Sequence[Source]]:
    """Return the profile of a master's full report, and its files.

    Where its configuration does not load, as after an upgrade, the profile is of the machine alone.
    """
    try:
        master = locate(path, basedir, lambda text: _warn(err, text))
    except NotLocated as error:
        raise Refused(str(error)) from None
    files = read_sources(master.directory / master.file, master.directory)
    for source in files:
        if source.unread:
            _warn(err, f"nothing is found by the text of {_fetch.printable(source.name)}: {source.unread}")
    try:
        with output_to(err), working_in(master.directory):
            body = json.loads(_full_report(master))
        return read_report(body, vocabulary()).profile, files
    except CannotPreview as error:
        _warn(err, f"{_fetch.printable(str(error)).rstrip('.')}: only its files and versions are looked at")
        return _of_machine(), files


def _of_machine() -> Profile:
    try:
        return read_stock(_machine.machine(full=True), vocabulary()).profile
    except ImportError:  # Buildbot is not installed here
        return Profile("headcount", "full")


def _full_report(master: Located) -> bytes:
    config, configurators = load(master)
    files = ReportFiles(master.basedir, master.configfile)
    setting = Setting("", "full", collector="-")
    return report_bytes(files, setting, config, service_of(config) or Absent(configurators), lambda _: None)
