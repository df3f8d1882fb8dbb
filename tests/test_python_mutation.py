"""Mutation testing of Python: what is changed in asking or in loading is noticed, or it is explained why it need not be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.requires import require

ROOT = Path(__file__).parent.parent
EXPLAINED: dict[str, str] = json.loads(
    (Path(__file__).parent / "python-mutation-survivors.json").read_text(encoding="utf-8")
)
"""Mutants that are not noticed, and why."""


QUESTIONS, WAREHOUSE = "tests/questions", "tests/warehouse"
TESTS = {
    "questions._ask": [f"{QUESTIONS}/test_ask.py", f"{QUESTIONS}/test_windows.py", f"{QUESTIONS}/test_edges.py"],
    "questions._bands": [f"{QUESTIONS}/test_bands.py"],
    "questions._condition": [f"{QUESTIONS}/test_where.py"],
    "questions._estimates": [f"{QUESTIONS}/test_estimates.py", "-k", "product_limit or wilsons"],
    "questions._perturbation": [f"{QUESTIONS}/test_perturbation.py"],
    "questions._protection": [f"{QUESTIONS}/test_protect.py"],
    "questions._query": [f"{QUESTIONS}/test_query.py"],
    "questions._sql": [f"{QUESTIONS}/test_sql.py", f"{QUESTIONS}/test_edges.py"],
    "questions._terms": [f"{QUESTIONS}/test_where.py"],
    "questions._where": [f"{QUESTIONS}/test_where.py"],
    "questions._windows": [f"{QUESTIONS}/test_windows.py"],
    "questions.entries.combinations": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.coverage": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.customization": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.drop": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.environments": [f"{QUESTIONS}/test_ask.py"],
    "questions.entries.installs": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.pipelines": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.plugins": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.sizes": [f"{QUESTIONS}/test_entries.py"],
    "questions.entries.upgrades": [f"{QUESTIONS}/test_entries.py"],
    "warehouse._classes": [f"{WAREHOUSE}/test_classes.py"],
    "warehouse._columns": [f"{WAREHOUSE}/test_columns.py", f"{WAREHOUSE}/test_classes.py"],
    "warehouse._damage": [f"{WAREHOUSE}/test_damage.py", "-k", "not whatever"],
    "warehouse._loader": [f"{WAREHOUSE}/test_loader.py"],
    "warehouse.duckdb._class_table": [f"{WAREHOUSE}/duckdb/test_class_table.py"],
    "warehouse.duckdb._arrivals": [
        f"{WAREHOUSE}/test_arrivals.py",
        f"{WAREHOUSE}/test_classes.py",
        f"{WAREHOUSE}/test_damage.py",
        f"{WAREHOUSE}/duckdb/test_warehouse.py::test_a_class_is_of_the_kind_that_the_newest_vocabulary_says",
        f"{WAREHOUSE}/test_erasure.py::test_a_clock_that_ran_ahead",
        "-k",
        "not whatever",
    ],
}
"""Modules, and the few tests that exercise each, the quickest first, as they are named to pytest."""


@pytest.mark.soak
@pytest.mark.parametrize("module", TESTS)
def test_a_change_of_python_is_noticed(module: str) -> None:
    """Of each module by its own tests; and what is explained is still so, or the explanation goes too."""
    require(None if find_spec("cosmic_ray") else "cosmic-ray is missing: make soak installs it")
    command = [
        sys.executable,
        "-m",
        "tests.support.mutant_trials",
        f"headcount.{module}",
        str(os.cpu_count()),
        *TESTS[module],
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["mutants"] > 0
    explained = {mutant for mutant in EXPLAINED if mutant.startswith(f"{module.replace('.', '/')}.py: ")}
    assert set(found["survivors"]) == explained


def test_only_modules_that_are_tried_are_explained() -> None:
    """An explanation of anything else would never be looked at again."""
    files = {f"{module.replace('.', '/')}.py" for module in TESTS}
    assert {mutant.partition(": ")[0] for mutant in EXPLAINED} <= files
    assert all(EXPLAINED.values())
