"""The public names of the packages that show answers."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

HEAVY = ("altair", "numpy", "scipy", "vl_convert")


@pytest.mark.parametrize("package", ["headcount.questions", "headcount.dashboard"])
def test_the_public_names_are_those_that_are_listed(package: str) -> None:
    """Nothing else is to be seen in the package but the modules that it is made of."""
    module = import_module(package)
    names = {name for name in dir(module) if not name.startswith("_")}
    assert {name for name in names if not isinstance(getattr(module, name), ModuleType)} == set(module.__all__)


@pytest.mark.parametrize("package", ["headcount.questions", "headcount.dashboard"])
def test_a_package_is_imported_without_what_only_draws_or_estimates(package: str) -> None:
    """A command that prints a table is to start at once."""
    program = f"import {package}, sys; print(*sorted(sys.modules.keys() & {{*{HEAVY!r}}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
