"""Published packages, fetched by name with pip into a cache."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_FINAL = re.compile(r"(\d+(?:\.\d+)*)(?:\.post\d+)?")


def _pip(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pip {' '.join(arguments)}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def versions(package: str) -> list[str]:
    """The final releases of a package, post-releases included, newest first. Raises `RuntimeError`, as pip fails."""
    listing = _pip("index", "versions", "--ignore-requires-python", package)
    found = re.search(r"^Available versions: (.*)$", listing, re.MULTILINE)
    return [text for text in (found[1].split(", ") if found else []) if _FINAL.fullmatch(text)]


def _cached(package: str, version: str, cache: Path) -> Path | None:
    name = re.sub(r"[-_.]+", "[-_.]+", package)
    wanted = re.compile(rf"{name}-{re.escape(version)}(?:-.*\.whl|\.tar\.gz)", re.IGNORECASE)
    return next((path for path in cache.iterdir() if wanted.fullmatch(path.name)), None)


def fetch(package: str, version: str, cache: Path) -> Path:
    """The wheel of one release, or its source distribution where it has no wheel. Raises `RuntimeError`, as pip fails."""
    cached = _cached(package, version, cache)
    if cached is not None:
        return cached
    # pip asks a source distribution for its metadata, and so runs its setup.py: old ones need an old setuptools
    constraint = cache / "constraint.txt"
    constraint.write_text("setuptools<66\n", encoding="utf-8")
    common = ("--quiet", "--no-deps", "--ignore-requires-python", "--dest", str(cache), f"{package}=={version}")
    try:
        _pip("download", "--only-binary", ":all:", *common)
    except RuntimeError:
        _pip("download", "--no-binary", package, *common, PIP_CONSTRAINT=str(constraint))
    path = _cached(package, version, cache)
    if path is None:
        raise RuntimeError(f"pip fetched {package} {version} under a name that is not understood; look into {cache}")
    return path


def fetch_all(package: str, wanted: list[str], cache: Path) -> dict[str, Path]:
    """Several releases of one package, four at a time."""
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(wanted, pool.map(lambda version: fetch(package, version, cache), wanted), strict=True))
