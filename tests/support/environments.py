"""Environments for real masters of other releases: each a release of Buildbot, on a Python, with the wheel of this tree.

They are made once, beside the environment that the tests run in, from the exact pins of ``tests/matrix/*.txt``, and used
again until those change. The newest is the environment that the tests run in, with the wheel before the sources.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

PINS = Path(__file__).parent.parent / "matrix"
NEWEST = "newest"
NAMES = sorted(path.stem for path in PINS.glob("*.txt"))
"""The environments that have pins: ``buildbot-4.2-python-3.11``."""

_HOME = Path(sys.prefix) / "matrix"
_PATIENCE = 900  # seconds for the packages of one environment, of which some are compiled
_INSTALL = ("-m", "pip", "--disable-pip-version-check", "--quiet", "install")
_ASK = "import ensurepip, sys, venv; print(sys.executable, '%d.%d' % sys.version_info[:2], sep='\\n')"


def chosen(text: str) -> list[str]:
    """The newest, and those that a text names, separated by spaces or commas; ``all`` is all. Raises ValueError."""
    named = re.split(r"[\s,]+", text.strip()) if text.strip() else []
    unknown = sorted(set(named) - {"all", NEWEST, *NAMES})
    if unknown:
        raise ValueError(f"HEADCOUNT_MATRIX names {', '.join(unknown)}; there are: all, {', '.join(NAMES)}")
    return [NEWEST, *(name for name in NAMES if name in named or "all" in named)]


def missing(name: str) -> str | None:
    """Why an environment cannot be made here, with what helps; None where it can."""
    if name == NEWEST or interpreter(_version(name)) is not None:
        return None
    version = _version(name)
    return f"Python {version} with its venv module is missing; install with: pyenv install {version}"


def prepared(name: str, wheel: Path) -> Path:
    """The interpreter of an environment that has the wheel; makes what is not there yet. Raises RuntimeError."""
    _HOME.mkdir(exist_ok=True)
    with (_HOME / f"{name}.lock").open("w") as lock:  # two runs of the tests in one checkout make it in turn
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _prepared(name, _HOME / name, wheel)


def _prepared(name: str, home: Path, wheel: Path) -> Path:
    made_from = sys.version + sysconfig.get_path("purelib") if name == NEWEST else (PINS / f"{name}.txt").read_text()
    if _text(home / "made-from") != made_from or not _python(home).exists():
        shutil.rmtree(home, ignore_errors=True)
        if name == NEWEST:
            _layer(home)
        else:
            make(home, _version(name), PINS / f"{name}.txt", "--no-deps")
        (home / "made-from").write_text(made_from)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if _text(home / "wheel") != digest:
        _run(_python(home), *_INSTALL, "--no-deps", "--no-index", "--force-reinstall", str(wheel))
        (home / "wheel").write_text(digest)
    return _python(home)


def make(home: Path, version: str, requirements: Path, *options: str) -> Path:
    """Make an environment with the packages of a file of requirements; return its interpreter. Raises RuntimeError."""
    base = interpreter(version)
    if base is None:
        raise RuntimeError(f"Python {version} is missing")
    _run(base, "-m", "venv", str(home))
    python = _python(home)
    _run(python, *_INSTALL, *options, "--requirement", str(requirements), constraints=requirements)
    return python


def interpreter(version: str) -> Path | None:
    """A Python of a version, such as ``3.9``, that can make environments; None where neither PATH nor pyenv has one."""
    for candidate in _candidates(version):
        try:
            asked = subprocess.run([candidate, "-c", _ASK], capture_output=True, text=True, check=False, timeout=60)
        except OSError:
            continue
        if asked.returncode == 0:  # pyenv's stand-in for one that is not switched on fails
            executable, found = asked.stdout.splitlines()
            if found == version:
                return Path(executable)
    return None


def _candidates(version: str) -> Iterator[str]:
    yield sys._base_executable  # type: ignore[attr-defined]  # no stub; the one that this environment was made with
    yield f"python{version}"
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return
    kept = subprocess.run([pyenv, "versions", "--bare"], capture_output=True, text=True, check=False, timeout=60).stdout
    for name in kept.split():
        if name.startswith(f"{version}."):
            prefix = subprocess.run([pyenv, "prefix", name], capture_output=True, text=True, check=False, timeout=60)
            yield str(Path(prefix.stdout.strip()) / "bin" / "python")


def _layer(home: Path) -> None:
    """An environment over the one that the tests run in: what it has itself comes first."""
    venv.create(home, with_pip=False)
    (packages,) = home.glob("lib/python*/site-packages")
    below = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (packages / "below.pth").write_text("".join(f"{path}\n" for path in below))


def _run(python: Path, *arguments: str, constraints: Path | None = None) -> None:
    pinned = {"PIP_CONSTRAINT": str(constraints), "PIP_BUILD_CONSTRAINT": str(constraints)} if constraints else {}
    done = subprocess.run(
        [python, *arguments],
        env={**os.environ, "PIP_CONSTRAINT": "", **pinned},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"{python} {' '.join(arguments)} failed:\n{done.stdout[-3000:]}")


def _version(name: str) -> str:
    return name.rpartition("-python-")[2]


def _python(home: Path) -> Path:
    return home / "bin" / "python"


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
