"""A million inputs by a fuzzer that coverage guides, and the OpenAPI document's own fuzzer over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.requires import require
from tests.support.serving import serving

ROOT = Path(__file__).parent.parent.parent
RUNS = 1_000_000


def _has(module: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


@pytest.mark.soak
def test_a_million_inputs_are_no_failure(tmp_path: Path) -> None:
    """Every status is an honest one, nothing is logged as an error, and the memory stays under 512 MiB."""
    require(None if _has("atheris") else "atheris is missing: make soak installs it where it has a wheel")
    command = [sys.executable, "-m", "tests.ingest.fuzz", str(tmp_path), str(RUNS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    summary = json.loads(done.stdout.splitlines()[-1])
    sys.stdout.write(f"\n{summary}\n")
    assert summary["inputs"] == RUNS
    assert summary["memory_mib"] < 512


@pytest.mark.soak
def test_what_the_openapi_document_allows_is_answered_as_it_says(tmp_path: Path) -> None:
    """Schemathesis makes requests from the document, right and wrong ones: no answer that it does not name, and no 5xx."""
    require(None if _has("schemathesis") else "schemathesis is missing: make soak installs it")
    with serving(tmp_path / "data", tmp_path / "stderr", "--quota", "0") as served:
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "run", f"{served.url}/openapi.json", "--header",
            f"Authorization: Bearer {served.token}", "--max-examples", "500", "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            "--generation-deterministic", "--no-color",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-4000:]
        served.process.terminate()
        served.process.wait(timeout=60)
