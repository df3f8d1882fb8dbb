"""The scrub, from the outside: after a run of leaking reports every byte on the disk and in the log is looked at."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from headcount.warehouse.duckdb import DuckWarehouse
from tests.support import captures
from tests.support.reports import ENVELOPE, PHONE_HOME, REPORT, REPORTS
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until

MARKER = "zqxjkv"
HEADERS = {
    "User-Agent": f"agent-{MARKER}",
    "X-Forwarded-For": "203.0.113.77",
    "Cookie": f"a={MARKER}",
    "Referer": f"https://{MARKER}.example",
    "Authorization": f"Bearer {MARKER}",
}
PRIVATE = {"manhattan", "klaus", "bluebird", "layoff", "globex", "secret_dashboard", MARKER, "203.0.113"}
"""What the captures leak, and what is added here."""


def _marked(value: Any, number: int = 0) -> Iterator[Any]:
    """The JSON value, once with a marker in the place of each of its texts, and once of each of its keys."""
    if isinstance(value, str):
        yield f"{value}-{MARKER}"
        yield f"{MARKER}.{value}"
    elif isinstance(value, list):
        for place, item in enumerate(value[:3]):
            for marked in _marked(item):
                yield [*value[:place], marked, *value[place + 1 :]]
    elif isinstance(value, dict):
        for key, item in value.items():
            yield {**{k: v for k, v in value.items() if k != key}, f"{key}{MARKER}": item}
            for marked in _marked(item):
                yield {**value, key: marked}


def _everything(server: Served) -> bytes:
    return b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file()) + server.errors.read_bytes()


def test_nothing_private_reaches_the_disk_or_the_log(tmp_path: Path) -> None:
    """No name, host, address, header, install id, secret or report id of either sender, in what is kept or thrown away."""
    ids = {"5" * 64, str(ENVELOPE["report"])}
    with serving(tmp_path / "data", tmp_path / "stderr") as server:
        for _, body in captures.reports():
            server.post(PHONE_HOME, body, HEADERS)
            ids.add(body["installid"])
        for number, body in enumerate(_marked({**captures.body("430-rich-full"), "installid": "a" * 40})):
            server.post(PHONE_HOME, body, HEADERS)
            if number % 7 == 0:
                server.request("POST", PHONE_HOME, json.dumps(body).encode()[:-1], HEADERS)
        for number, body in enumerate(_marked(copy.deepcopy(REPORT))):
            body["installid"] = body.get("installid") and f"{number:039x}e"
            ids.add(str(body["installid"]))
            server.post(REPORTS, body, {**HEADERS, "Headcount-Secret": "5" * 64})
        for path in ("/v1/installation/lookup", "/v1/installation/erase"):
            server.post(path, {"id": "b" * 40, "secret": "5" * 64}, HEADERS)
            server.post(path, {"id": MARKER, "secret": MARKER}, HEADERS)
        wait_until(lambda: server.ever_seen() > 20, "some are loaded, and some perhaps still wait")
        running = _everything(server)  # while logs of the databases are still beside them
        server.stop()
        stored = running + _everything(server)
    assert b"buildbot.steps.shell.ShellCommand" in stored  # so the search does find what is there
    for text in (ids | PRIVATE) - {"None"}:  # a report without an id has none
        assert text.encode() not in stored.lower(), text


def test_each_kind_of_leak_is_counted(tmp_path: Path) -> None:
    """By field, in the profile that it was cut from; and what is thrown away by kind."""
    with serving(tmp_path / "data", tmp_path / "stderr") as server:
        server.post(PHONE_HOME, captures.body("430-rich-full"), HEADERS)
        server.post(PHONE_HOME, [MARKER], HEADERS)
        server.wait_for_installations(1)
        server.stop()
    with closing(DuckWarehouse(tmp_path / "data" / "warehouse.duckdb")) as warehouse, warehouse.snapshot() as snapshot:
        ((scrubbed, counts),) = snapshot.query("SELECT scrubbed, scrubs FROM profiles", {})
        assert isinstance(scrubbed, list)
        assert isinstance(counts, list)
        assert {"plugins", "builders", "www_plugins"} <= set(scrubbed)
        assert all(count > 0 for count in counts)
        assert snapshot.query("SELECT kind, count(*) FROM drops GROUP BY kind", {}) == [("dropped: no report", 1)]
