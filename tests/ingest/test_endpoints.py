"""The two endpoints, over real HTTP, in a real server."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headcount.contract import LARGEST_BODY
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support import captures
from tests.support.reports import ENVELOPE, PHONE_HOME, REPORTS, report
from tests.support.serving import Served, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    """A server with an empty data directory."""
    with serving(tmp_path / "data", tmp_path / "stderr") as served:
        yield served


def test_our_reports_get_honest_answers(server: Served) -> None:
    """202 once it is kept; each kind of bad input its status, with every problem, and nothing of it is kept."""
    assert server.post(REPORTS, report(1)).status == 202
    body = gzip.compress(json.dumps(report(2)).encode())
    assert server.request("POST", REPORTS, body, {"Content-Encoding": "gzip"}).status == 202
    assert server.request("POST", REPORTS, json.dumps(report(3)).encode(), chunked=True).status == 202

    wrong = server.post(REPORTS, report(4, db=7, secret=1, headcount={**ENVELOPE, "level": "everything"}))
    assert wrong.status == 400
    assert {problem["where"] for problem in wrong.json()["problems"]} == {"db", "secret", "headcount.level"}
    for body, what in [(b"{", "not JSON"), (b"[1]", "an object, not a list"), (b"", "not JSON")]:
        refused = server.request("POST", REPORTS, body)
        assert refused.status == 400
        assert what in refused.json()["problems"][0]["what"]

    large = server.request("POST", REPORTS, b" " * (LARGEST_BODY + 1))
    assert large.status == 413
    bomb = server.request("POST", REPORTS, gzip.compress(b" " * (LARGEST_BODY + 1)), {"Content-Encoding": "gzip"})
    assert bomb.status == 413
    assert str(LARGEST_BODY) in bomb.json()["problems"][0]["what"]

    get = server.request("GET", REPORTS)
    assert (get.status, get.headers["allow"]) == (405, "POST")
    server.wait_for_installations(3)
    assert server.stop() == ""


def test_stock_always_hears_200(server: Served) -> None:
    """Whatever it sends, since it repeats in plain HTTP what is refused; what is dropped is counted by day and kind."""
    bodies = [b"{", b"[1]", b"", b"\xff" * 100, json.dumps({"a": 1}).encode(), b" " * (LARGEST_BODY + 1)]
    for body in bodies:
        for _ in range(2):  # a resend is counted once
            answered = server.request("POST", PHONE_HOME, body)
            assert (answered.status, answered.body) == (200, b"ok")
    assert server.request("GET", PHONE_HOME).status == 200
    nameless = {key: value for key, value in captures.body("430-min-basic").items() if key != "installid"}
    assert server.post(PHONE_HOME, nameless).status == 200
    assert server.stop() == ""
    with closing(DuckWarehouse(server.data / "warehouse.duckdb")) as warehouse, warehouse.snapshot() as snapshot:
        counted = snapshot.query("SELECT kind, count(*) FROM drops GROUP BY kind ORDER BY kind", {})
        assert snapshot.query("SELECT level FROM anonymous JOIN profiles USING (profile)", {}) == [("basic",)]
    assert counted == [("dropped: no report", 2), ("dropped: not JSON", 3), ("dropped: too large", 1)]


def test_every_capture_is_accepted_and_counted(server: Served) -> None:
    """Real requests of nine releases: each is answered 200, and the answers count their installations and versions."""
    reports = captures.reports()
    for _, body in reports:
        assert server.post(PHONE_HOME, body).status == 200
    ids = {body["installid"] for _, body in reports}
    server.wait_for_installations(len(ids))
    found = server.ask("versions", by="buildbot.release", basis="seen")  # of one block, so that some are set apart
    versions = {row["version"]: row["installations"] for row in found["rows"]}
    expected: dict[str, set[str]] = {}
    for _, body in reports:
        expected.setdefault(body["versions"]["Buildbot"].partition("-")[0].partition("+")[0], set()).add(
            body["installid"]
        )
    assert versions == {version: len(installs) for version, installs in expected.items()}
    plugins = {row["plugin"]: row for row in server.ask("plugins", basis="seen")["rows"]}
    assert plugins["buildbot.config.builder.BuilderConfig"]["installations"] == len(ids)
    assert plugins["custom"]["customized"] == plugins["custom"]["installations"] > 0


def test_a_resent_report_changes_no_answer(server: Served) -> None:
    """Stock resends over plain HTTP, our reporter after a lost answer: the same day and profile are one sighting."""
    for _ in range(3):
        assert server.post(REPORTS, report(1)).status == 202
    assert server.post(REPORTS, report(2)).status == 202
    server.wait_for_installations(2)
    rows = {row["plugin"]: row["instances"] for row in server.ask("plugins")["rows"]}
    assert rows["buildbot.steps.source.git.Git"] == 4
