"""What can be seen of a server from outside: its health, its metrics, its documents, and how it takes other settings."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from headcount.contract import CATALOG, report_schema
from headcount.server.data.directory import DataDirectory
from tests.support import captures
from tests.support.reports import REPORT
from tests.support.serving import Served, ingesting, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with settings from a file, which took three reports."""
    path = tmp_path_factory.mktemp("outside")
    (path / "settings.toml").write_text('contact = "ops <ops@example.org>"\nmetrics = "127.0.0.1:0"\n')
    with serving(path / "data", path / "stderr", "--config", str(path / "settings.toml")) as served:
        assert served.post("/v1/reports", REPORT).status == 202
        assert served.request("POST", "/v1/reports", b"{").status == 400
        served.post("/events/phone_home", captures.body("430-rich-full"))
        served.wait_for_installations(2)
        yield served


def _metrics(served: Served) -> dict[str, float]:
    answered = served.request("GET", "/metrics", headers={"Authorization": f"Bearer {served.token}"})
    assert answered.status == 200
    lines = [line for line in answered.body.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_health_needs_no_token(server: Served) -> None:
    """And holds no figure."""
    assert (server.request("GET", "/healthz").status, server.request("GET", "/healthz").body) == (200, b"ok\n")
    ready = server.request("GET", "/readyz")
    assert (ready.status, ready.json()) == (200, {"ready": True, "problems": {}})


def test_metrics_count_what_came_of_reports(server: Served) -> None:
    """By path and outcome, and the values that were scrubbed, by field; who has no token sees none of it."""
    assert server.request("GET", "/metrics").status == 401
    metrics = _metrics(server)
    assert metrics['headcount_reports_total{outcome="kept",path="/v1/reports"}'] == 1
    assert metrics['headcount_reports_total{outcome="not JSON",path="/v1/reports"}'] == 1
    assert metrics['headcount_reports_total{outcome="kept",path="/events/phone_home"}'] == 1
    assert metrics["headcount_loaded_reports"] == 2
    assert metrics["headcount_loader_failing"] == 0
    assert metrics["headcount_data_until_seconds"] > 1.7e9
    assert metrics["headcount_commit_seconds_count"] >= 2
    assert metrics["process_resident_memory_bytes"] > 1e6
    assert metrics["headcount_body_bytes"] == 0
    fields = {
        match[1] for name in metrics if (match := re.match(r'headcount_scrubbed_values_total\{field="(.*)"', name))
    }
    assert "www_plugins" in fields
    assert fields <= {field.path for field in CATALOG} | {"unknown"}


def test_the_openapi_document_is_valid_and_describes_what_is_taken(server: Served) -> None:
    """By the validator of OpenAPI; its schema of a report takes ours, and refuses what the endpoint refuses."""
    document = server.request("GET", "/openapi.json").json()
    validate(document)
    schema: Any = Draft202012Validator(report_schema())
    assert schema.is_valid(REPORT)
    bodies: list[Any] = [{**REPORT, "db": 7}, {**REPORT, "secret": 1}, {**REPORT, "plugins": {"a": 0}}, [], {}]
    for wrong in bodies:
        assert not schema.is_valid(wrong)
        assert server.post("/v1/reports", wrong).status == 400
    for path in document["paths"]:
        found = server.request("GET", path.replace("{question}", "installs").replace("{receipt}", "none"))
        assert found.status < 500, path
        assert found.body != b"Not Found", path  # what a path gets that is no route


def test_the_privacy_page_lists_the_catalog_and_the_operator(server: Served) -> None:
    """Every field with its reason, for who has no token; and what the operator said of themselves, escaped."""
    page = server.request("GET", "/privacy")
    assert page.status == 200
    text = page.body.decode()
    for field in CATALOG:
        assert f"<code>{field.path}</code>" in text
        assert field.why in text
    assert "ops &lt;ops@example.org&gt;" in text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_privacy_page_names_all_that_is_kept(server: Served) -> None:
    """Every file and directory of a data directory, and for how long; but for what holds nothing."""
    server.ask("installs")
    text = server.request("GET", "/privacy").body.decode()
    listed = set(re.findall(r"<td data-label=\"Where\"><code>([\w.-]+)</code></td><td[^>]+>[^<]+</td></tr>", text))
    paths = {*vars(DataDirectory(server.data)).values(), *server.data.iterdir()} - {server.data}
    names = {path.name.removesuffix(".wal") for path in paths}
    assert names - {"HEADCOUNT", "NEW", "headcount.sock"} <= listed
    assert "365 days" in text
    assert "793 days" in text


@pytest.mark.ci
def test_ready_is_denied_while_nothing_can_be_made_durable(tmp_path: Path) -> None:
    """503 with what fails, as long as it does, while the process lives; then reports are taken again."""
    with serving(tmp_path / "data", tmp_path / "stderr") as served:
        with closing(sqlite3.connect(tmp_path / "data" / "inbox" / "serve.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # nobody else can write
            assert served.post("/v1/reports", REPORT).status == 503
            ready = served.request("GET", "/readyz")
            assert (ready.status, ready.json()["problems"]["inbox"]) == (503, "reports cannot be made durable")
            assert served.request("GET", "/healthz").status == 200
            other.execute("ROLLBACK")
        assert served.post("/v1/reports", REPORT).status == 202
        assert served.request("GET", "/readyz").status == 200
        log = served.stop()
    assert all(json.loads(line)["level"] in ("error", "warning") for line in log.splitlines())
    assert "could not be written" in log


def test_sighup_reads_the_settings_again(tmp_path: Path) -> None:
    """What can change does, what cannot is named, and a file that is wrong changes nothing."""
    file = tmp_path / "settings.toml"
    file.write_text("quota = 0\n")
    with serving(tmp_path / "data", tmp_path / "stderr", "--config", str(file)) as served:
        assert [served.post("/v1/reports", REPORT).status for _ in range(3)] == [202] * 3
        file.write_text('quota = 2\nmetrics = "127.0.0.1:1"\n')
        served.process.send_signal(signal.SIGHUP)
        assert served.output.readline() == "The settings were read again; changed: quota.\n"
        assert served.output.readline() == "A restart is needed to change metrics.\n"
        answers = [served.post("/v1/reports", REPORT) for _ in range(3)]
        assert [answer.status for answer in answers] == [202, 202, 429]
        assert 1790 <= int(answers[2].headers["retry-after"]) <= 1800
        file.write_text("quota = few\n")
        served.process.send_signal(signal.SIGHUP)
        assert "The settings are left as they are" in served.output.readline()
        assert served.post("/v1/reports", REPORT).status == 429
        assert served.stop() == ""


def test_settings_that_are_wrong_are_one_sentence(tmp_path: Path) -> None:
    """Exit status 1, and no data directory is made."""
    command = [sys.executable, "-m", "headcount", "serve", "--data", str(tmp_path / "data"), "--config", "nowhere.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "headcount: the settings cannot be read from nowhere.toml: No such file or directory.\n"
    assert not (tmp_path / "data").exists()


def test_further_ingest_processes_share_the_data_directory(tmp_path: Path) -> None:
    """Each with an inbox of its own, all loaded by the server; one that died leaves its inbox to the next."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as served:
        with ingesting(data, tmp_path / "one") as one, ingesting(data, tmp_path / "two") as two:
            for number, process in enumerate((served, one, two)):
                assert process.post("/v1/reports", {**REPORT, "installid": f"{number:040x}"}).status == 202
            served.wait_for_installations(3)
            assert sorted(path.name for path in (data / "inbox").glob("*.sqlite")) == [
                "ingest-1.sqlite",
                "ingest-2.sqlite",
                "serve.sqlite",
            ]
            assert one.request("GET", "/readyz").status == 200
            assert one.request("GET", "/api/ask/installs").status == 404
            assert two.stop() == ""
            one.process.kill()
            one.process.wait()
        with ingesting(data, tmp_path / "three") as three:
            assert three.post("/v1/reports", {**REPORT, "installid": f"{9:040x}"}).status == 202
            served.wait_for_installations(4)
            assert not (data / "inbox" / "ingest-3.sqlite").exists()
        assert served.stop() == ""
