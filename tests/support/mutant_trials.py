"""Tests run against the mutants of a module: ``python -m tests.support.mutant_trials MODULE JOBS ARGUMENT...``.

The arguments are pytest's. Says on standard output, as JSON, how many mutants there are and which of them the tests do not
notice. What is not ours is imported once; each mutant is tried in a fork, which imports ours with the mutant in the module's
place.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis import Phase, settings

from tests.support.python_mutants import mutants

ROOT = Path(__file__).parent.parent.parent
OURS = ("headcount", "tests")
PASSED, NOTICED = 0, (1, 2, 3, 4)  # exit codes of pytest: it fails, cannot be collected, breaks pytest or a conftest
LEAST = 5
"""A mutant may take so many seconds of processor time, and five times what the tests take without one; by the clock five
times that."""


class _Changed(MetaPathFinder):
    """Finds one module, with another text than that of its file."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        self._module = module
        self._path = path
        self._text = text

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """That module alone."""
        if fullname != self._module:
            return None
        return spec_from_file_location(fullname, self._path, loader=_Loader(fullname, str(self._path), self._text))


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.path, "exec")


def _fork(run: Callable[[], int], patience: int) -> int:
    """The process in which it runs, in silence; it ends with what is returned, or when patience does."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
        signal.alarm(5 * patience)
        code = run()
    finally:
        os._exit(code)


def _test(arguments: list[str], scratch: Path) -> int:
    switched_off = (f"no:{plugin}" for plugin in ("cacheprovider", "xdist", "unraisableexception"))
    options = [
        "-x",
        "-m=not soak",
        "--assert=plain",
        "--hypothesis-profile=mutants",
        *(word for off in switched_off for word in ("-p", off)),
    ]
    return int(pytest.main([*options, f"--basetemp={scratch}", *arguments]))


def _prepare(arguments: list[str], scratch: Path) -> int:
    """Import what the tests use of others, which must pass without a mutant; return how long one may take."""
    reading, writing = os.pipe()

    def run() -> int:
        code = _test(arguments, scratch)
        os.write(writing, json.dumps([name for name in sys.modules if name.partition(".")[0] not in OURS]).encode())
        return code

    child = _fork(run, 600)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        names = json.loads(pipe.read() or "[]")
    _, status, used = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != PASSED:
        sys.exit(f"the tests do not pass as they are: python -m pytest {' '.join(arguments)}")
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    gc.freeze()
    return LEAST + 5 * int(used.ru_utime + used.ru_stime)


def main(module: str, jobs: int, arguments: list[str]) -> None:
    """Try all mutants of a module, so many at a time."""
    path = ROOT.joinpath("src", *module.split(".")).with_suffix(".py")
    found = list(mutants(str(path.relative_to(ROOT / "src" / "headcount")), path.read_text(encoding="utf-8")))
    # what fails need not be made smaller
    settings.register_profile(
        "mutants", deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
    )
    survivors: list[str] = []
    running: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)

        def wait() -> None:
            child, status = os.wait()
            number, code = running.pop(child), os.waitstatus_to_exitcode(status)
            shutil.rmtree(scratch / str(number), ignore_errors=True)
            if code == PASSED:
                survivors.append(str(found[number]))
            elif code > 0 and code not in NOTICED:
                sys.exit(f"no test ran with {found[number]}: {code}")

        patience = _prepare(arguments, scratch / "unchanged")
        for number, mutant in enumerate(found):
            if len(running) == jobs:
                wait()

            def run(number: int = number, text: str = mutant.text) -> int:
                sys.meta_path.insert(0, _Changed(module, path, text))
                return _test(arguments, scratch / str(number))

            running[_fork(run, patience)] = number
        while running:
            wait()
    sys.stdout.write(json.dumps({"mutants": len(found), "survivors": sorted(survivors)}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
