"""Published packages, fetched by name with pip into a cache."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_FINAL = re.compile(r"\d+(?:\.\d+)*(?:\.post\d+)?")
_BUILD = ("setuptools<66", "wheel", "buildbot-pkg")
"""What the source distributions need: old ones an old setuptools, and those of www plugins Buildbot's packaging."""

_making = threading.Lock()  # several threads fetch


class WrongArchive(Exception):
    """An archive is not what the inputs say."""


def _pip(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        env={**os.environ, "PIP_CONSTRAINT": "", **environment},  # nothing here is installed beside what is pinned
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pip {' '.join(arguments)}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def versions(package: str, before: dt.date | None = None) -> list[str]:
    """Return the final releases of a package, post-releases included, newest first.

    ``before``: only those whose first file was uploaded before this day (UTC); that needs an index which says when. Raises
    `RuntimeError`, as pip fails.
    """
    limit = ("--uploaded-prior-to", f"{before}T00:00:00+00:00") if before else ()
    listing = _pip("index", "versions", "--json", "--ignore-requires-python", *limit, package)
    return [text for text in json.loads(listing)["versions"] if _FINAL.fullmatch(text)]


def released(package: str, version: str, after: dt.date, today: dt.date) -> dt.date:
    """Return the day (UTC) on which a release was uploaded, which is neither before ``after`` nor after ``today``."""
    first, last = after, today
    while first < last:
        middle = first + (last - first) // 2
        try:
            known = version in versions(package, before=middle + dt.timedelta(days=1))
        except RuntimeError:  # pip fails where there was no release yet
            known = False
        first, last = (first, middle) if known else (middle + dt.timedelta(days=1), last)
    return first


def digest(archive: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def _cached(package: str, version: str, cache: Path) -> Path | None:
    name = re.sub(r"[-_.]+", "[-_.]+", package)
    wanted = re.compile(rf"{name}-{re.escape(version)}(?:-.*\.whl|\.tar\.gz)", re.IGNORECASE)
    return next((path for path in cache.iterdir() if wanted.fullmatch(path.name)), None)


def _build_tools(cache: Path) -> Path:
    """Return a directory with what the set-up scripts of source distributions import, made where it is missing."""
    directory, partial = cache / "build", cache / "build.partial"
    with _making:
        if not directory.exists():
            shutil.rmtree(partial, ignore_errors=True)
            _pip("install", "--quiet", "--target", str(partial), *_BUILD)
            partial.rename(directory)
    return directory


def fetch(package: str, version: str, cache: Path) -> Path:
    """Return the wheel of one release, or its source distribution where it has no wheel.

    pip asks a source distribution for its metadata, and so runs its ``setup.py``. Raises `RuntimeError`, as pip fails.
    """
    cached = _cached(package, version, cache)
    if cached is not None:
        return cached
    common = ("--quiet", "--no-deps", "--ignore-requires-python", "--dest", str(cache), f"{package}=={version}")
    try:
        _pip("download", "--only-binary", ":all:", *common)
    except RuntimeError:
        tools = str(_build_tools(cache))
        _pip("download", "--no-build-isolation", "--no-binary", package, *common, PYTHONPATH=tools)
    path = _cached(package, version, cache)
    if path is None:
        raise RuntimeError(f"pip fetched {package} {version} under a name that is not understood; look into {cache}")
    return path


def fetch_pinned(package: str, pins: Mapping[str, str], cache: Path) -> dict[str, Path]:
    """Return the archives of releases of one package; ``pins``: version → SHA-256.

    Four are fetched at a time. Raises `WrongArchive` where one has another digest, and `RuntimeError`, as pip fails.
    """
    with ThreadPoolExecutor(4) as pool:
        archives = dict(zip(pins, pool.map(lambda version: fetch(package, version, cache), pins), strict=True))
    for version, archive in archives.items():
        if digest(archive) != pins[version]:
            raise WrongArchive(
                f"{package} {version}: {archive} is not the archive whose digest was recorded: remove it"
            )
    return archives
