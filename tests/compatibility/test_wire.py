"""Reporters and collectors of this tree and of the last wheel before it, over real HTTP, and a directory that went back."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from headcount.contract import CATALOG, PHONE_HOME_PATH, REPORTS_PATH, SCHEMA, SECRET_HEADER, vocabulary
from headcount.fleet.simulation.body import build
from headcount.fleet.simulation.installation import draw_installation
from tests.support import corpus
from tests.support.command import headcount, preview
from tests.support.last_wheel import WHEEL, LastWheel
from tests.support.masters import SMALL, make_master
from tests.support.serving import Served, serving

pytestmark = pytest.mark.ci

ROOT = Path(__file__).parent.parent.parent
_DAY = date(2026, 10, 31).toordinal()
SCHEMA_OF_THE_LAST = 1


def newest_report() -> dict[str, Any]:
    """A full report of this tree's schema that answers every field."""
    for seed in range(100):
        one = draw_installation(Random(seed), _DAY - 400, _DAY)
        if one is not None and one.db == "postgresql" and one.database.known and one.shop.details.hooks:
            one = replace(one, level="full", drops=(), born=_DAY - 400)
            body, _ = build(one, _DAY, (4, 3, 0), schema=SCHEMA, vocabulary=vocabulary().version)
            envelope = {"schema": SCHEMA, "vocabulary": vocabulary().version, "report": "ab" * 16, "level": "full"}
            return {**body, "headcount": {**envelope, "reason": "start", "every": None}}
    raise AssertionError("none of the installations that were drawn answers every field")


CLIENTS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "stock Buildbot 4.3.0": (PHONE_HOME_PATH, lambda: corpus.body("dolphin", "stock")),
    "Headcount before, schema 1": (REPORTS_PATH, lambda: corpus.body("scummvm", "ours")),
    f"Headcount now, schema {SCHEMA}": (REPORTS_PATH, newest_report),
}
"""Reporter → where it posts, and a report of it at ``full``."""


@pytest.fixture(scope="module")
def last(tmp_path_factory: pytest.TempPathFactory) -> LastWheel:
    """The last wheel."""
    return LastWheel(tmp_path_factory.mktemp("last"))


def fields(server: Served) -> dict[str, int]:
    """How many installations answered each field, as a server counts them."""
    rows = server.ask("coverage", by="field", basis="alive")["rows"]
    return {row["value"]: row["installations"] for row in rows}


def cells(server: Served) -> Iterator[tuple[str, set[str]]]:
    """What a server makes of each reporter: the status that it answers, and the fields that count."""
    for number, (path, report) in enumerate(CLIENTS.values(), 1):
        before = fields(server) if number > 1 else {}
        answered = server.post(path, report())
        server.wait_for_installations(number)
        after = fields(server)
        counted = {field for field, count in after.items() if count > before.get(field, 0)}
        yield f"{answered.status}, {len(counted)} fields", counted


def test_old_and_new_reporters_are_understood_by_old_and_new_collectors(last: LastWheel, tmp_path: Path) -> None:
    """Each server takes each report, and counts of it the fields that it knows; the contributor's page has the table."""
    servers: dict[str, AbstractContextManager[Served]] = {
        "collector before": last.serving(tmp_path / "before", tmp_path / "before.err"),
        "collector now": serving(tmp_path / "now", tmp_path / "now.err"),
    }
    columns = {}
    for name, running in servers.items():
        with running as server:
            columns[name] = list(cells(server))
    table = [
        f"| reporter | {' | '.join(columns)} |",
        "|---|---|---|",
        *(
            f"| {client} | {' | '.join(columns[server][place][0] for server in columns)} |"
            for place, client in enumerate(CLIENTS)
        ),
    ]
    every = {field.path for field in CATALOG}
    old = {field.path for field in CATALOG if field.since <= SCHEMA_OF_THE_LAST}
    (stock, schema_1, schema_2), (stock_now, schema_1_now, schema_2_now) = (
        [counted for _, counted in column] for column in columns.values()
    )
    assert stock == stock_now == old - {"versions.SQLAlchemy", "multi_master"}
    assert schema_1 == schema_1_now == schema_2 == old
    assert schema_2_now == every
    page = (ROOT / "docs" / "contributor.md").read_text(encoding="utf-8")
    assert "\n".join(table) in page, "\n".join(table)


def test_what_real_masters_would_send_is_taken_by_the_other_collector(last: LastWheel, tmp_path: Path) -> None:
    """One master with either reporter: the bytes that a preview prints, posted to the collector of the other."""
    configured = (
        "c['buildbotNetUsageData'] = 'full'\nc['configurators'] = [util.UsageData(url='https://collector.example')]\n"
    )
    master = make_master(tmp_path / "master", SMALL + configured).basedir
    before, now = last.run("preview", master), preview(master, cwd=tmp_path)
    assert (before.returncode, now.returncode) == (0, 0), (before.stderr, now.stderr)
    schemas = [json.loads(done.stdout)["headcount"]["schema"] for done in (before, now)]
    assert schemas == [SCHEMA_OF_THE_LAST, SCHEMA]
    servers = (
        (now, last.serving(tmp_path / "before", tmp_path / "before.err")),
        (before, serving(tmp_path / "now", tmp_path / "now.err")),
    )
    for printed, running in servers:
        with running as server:
            answered = server.request(
                "POST", REPORTS_PATH, printed.printed, {"Content-Type": "application/json", SECRET_HEADER: "5" * 64}
            )
            assert answered.status == 202, answered.body
            server.wait_for_installations(1)
            rows = server.ask("plugins", by="all")["rows"]
            assert "buildbot.steps.shell.ShellCommand" in [row["plugin"] for row in rows]


def test_on_a_migrated_directory_the_last_wheel_refuses_and_damages_nothing(last: LastWheel, tmp_path: Path) -> None:
    """Its commands end in a sentence, and exit status 1; its server logs that, and keeps reports for the server of now."""
    data = tmp_path / "data"
    with last.serving(data, tmp_path / "before.err") as server:
        assert server.post(REPORTS_PATH, corpus.body("scummvm", "ours")).status == 202
        server.wait_for_installations(1)
    with serving(data, tmp_path / "now.err") as server:
        assert server.post(REPORTS_PATH, newest_report()).status == 202
        server.wait_for_installations(2)
        before = server.ask("coverage", by="field", basis="alive")
    for command in (("ask", "installs"), ("backup", tmp_path / "backup"), ("export", tmp_path / "export")):
        done = last.run(*command, "--data", data)
        assert done.returncode == 1, (command, done)
        (line,) = done.stderr.splitlines()
        assert "was written by a newer Headcount (migration " in line
        assert "install that one" in line
    with last.serving(data, tmp_path / "back.err") as server:
        assert server.post(REPORTS_PATH, corpus.body("dolphin", "ours")).status == 202
        answered = server.request("GET", "/api/ask/installs", headers={"Authorization": f"Bearer {server.token}"})
        assert answered.status == 503
    assert "was written by a newer Headcount (migration " in (tmp_path / "back.err").read_text(encoding="utf-8")
    with serving(data, tmp_path / "again.err") as server:
        server.wait_for_installations(3)
        after = server.ask("coverage", by="field", basis="alive")
    gained = [
        row["installations"] - old["installations"] for row, old in zip(after["rows"], before["rows"], strict=True)
    ]
    assert set(gained) == {0, 1}


def test_an_export_comes_back_and_goes_no_way_back(last: LastWheel, tmp_path: Path) -> None:
    """From that of the last wheel what the Janitor added is taken, as it is from a directory; that of now it refuses."""
    before, now = tmp_path / "before", tmp_path / "now"
    history = tmp_path / "history.ndjson"
    history.write_text(json.dumps({**corpus.body("scummvm", "ours"), "@timestamp": "2026-10-30T12:00:00Z"}) + "\n")
    assert last.run("import", history, "--data", before).returncode == 0
    assert last.run("export", tmp_path / "of-before", "--data", before).returncode == 0
    now.mkdir()
    shutil.copy(before / "pseudonym.key", now)
    assert headcount("import", tmp_path / "of-before", "--data", now).returncode == 0
    assert headcount("export", tmp_path / "of-now", "--data", now).returncode == 0
    refused = last.run("import", tmp_path / "of-now", "--data", before)
    assert refused.returncode == 1
    assert "was written by a newer Headcount (export version 3): install that one." in refused.stderr
    plugins = [headcount("ask", "plugins", "--format=csv", "--data", data).stdout for data in (before, now)]
    assert plugins[0] == plugins[1]
    assert "Janitor" not in plugins[1]


def test_the_last_wheel_is_what_its_page_says(tmp_path: Path) -> None:
    """Nobody changed a file of it: each has the digest that the wheel's own list has; its reporter is of schema 1."""
    with zipfile.ZipFile(WHEEL) as archive:
        (record,) = (name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
        listed = dict(line.rsplit(",", 2)[:2] for line in archive.read(record).decode().splitlines())
        for name in archive.namelist():
            digest = urlsafe_b64encode(hashlib.sha256(archive.read(name)).digest()).rstrip(b"=").decode()
            assert name == record or listed[name] == f"sha256={digest}", name
        assert json.loads(archive.read("headcount/contract/vocabulary.json"))["version"] == "2026.11.29"
        catalog = archive.read("headcount/contract/_catalog.py").decode()
        migrations = [name for name in archive.namelist() if "/duckdb/sql/migrations/" in name]
    assert f"\nSCHEMA = {SCHEMA_OF_THE_LAST}\n" in catalog
    assert len(migrations) == 2
    page = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert WHEEL.name in page
