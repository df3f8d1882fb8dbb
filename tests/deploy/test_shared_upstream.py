"""Two ingest processes behind one nginx, over one cluster: reports of one installation come to both."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from headcount.warehouse.clickhouse import ClickHouseWarehouse, read_address
from tests.support.clickhouse import NAME, PASSWORD, USER, Cluster, clickhouse_missing
from tests.support.clickhouse.ports import free_ports
from tests.support.reports import ENVELOPE, report
from tests.support.requires import require
from tests.support.serving import Served, ingesting
from tests.support.waiting import wait_until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
INSTALLS, EACH = 6, 12
STEPS = ("shell.ShellCommand", "master.MasterShellCommand", "transfer.FileUpload", "transfer.FileDownload")


@contextlib.contextmanager
def _nginx(home: Path, *behind: Served) -> Iterator[int]:
    """Keep nginx running before servers, each of which gets every second request; yield its port."""
    (port,) = free_ports(1)
    home.mkdir()
    upstream = " ".join(f"server {each.url.removeprefix('http://')};" for each in behind)
    temporary = "".join(
        f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (home / "nginx.conf").write_text(
        f"daemon off; pid {home}/pid; error_log {home}/log; events {{}}\nhttp {{ {temporary} access_log off;\n"
        f"upstream headcount_reports {{ {upstream} }}\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://headcount_reports; }} }} }}\n"
    )
    process = subprocess.Popen([str(NGINX), "-p", str(home), "-e", str(home / "log"), "-c", str(home / "nginx.conf")])
    try:
        wait_until(lambda: _status(port, "GET", "/healthz") == 200, "nginx passes what comes")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _status(port: int, method: str, path: str, body: bytes = b"") -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request(method, path, body)
            return connection.getresponse().status
        except OSError:
            return 0


def _body(number: int) -> bytes:
    """Return a report; each installation says something else each time, with classes that no other one knows yet."""
    install, turn = number % INSTALLS, number // INSTALLS
    plugins = {f"buildbot.steps.{step}": turn + 1 for step in STEPS[: 1 + install % len(STEPS)]}
    envelope = {**ENVELOPE, "report": f"{number:032x}"}
    return json.dumps(report(install, plugins=plugins, headcount=envelope)).encode()


@pytest.mark.soak
def test_two_behind_nginx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each report is there once, though each is sent twice; no two classes have one number."""
    require(clickhouse_missing())
    require(None if NGINX else "nginx is missing: apt-get install -y nginx")
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)
    with Cluster(tmp_path / "cluster") as cluster, contextlib.ExitStack() as stack:
        url = f"clickhouse://{USER}@127.0.0.1:{cluster.ports[0]}/headcount?cluster={NAME}"
        options = (f"--warehouse={url}", "--load-seconds=0", "--quota=0", "--block-newcomers=0")
        one = stack.enter_context(ingesting(tmp_path / "one", tmp_path / "first", *options))
        (tmp_path / "two").mkdir(mode=0o700)
        shutil.copy(tmp_path / "one" / "pseudonym.key", tmp_path / "two")
        two = stack.enter_context(ingesting(tmp_path / "two", tmp_path / "second", *options))
        port = stack.enter_context(_nginx(tmp_path / "nginx", one, two))
        with ThreadPoolExecutor(8) as senders:
            sent = [number for number in range(INSTALLS * EACH) for _ in range(2)]
            assert {*senders.map(lambda number: _status(port, "POST", "/v1/reports", _body(number)), sent)} == {202}
        warehouse = stack.enter_context(closing(ClickHouseWarehouse(read_address(url, PASSWORD))))

        def is_there() -> bool:
            with warehouse.snapshot() as snapshot:
                return len(snapshot.query("SELECT report FROM reports", {})) >= INSTALLS * EACH

        wait_until(is_there, "all is loaded")
        assert (one.stop(), two.stop()) == ("", "")
        with warehouse.snapshot() as snapshot:
            assert len(snapshot.query("SELECT report FROM reports", {})) == INSTALLS * EACH
            seen = snapshot.query("SELECT install, profile, day FROM sightings", {})
            assert len(seen) == len({*seen}) == INSTALLS * EACH
            assert len(snapshot.query("SELECT install FROM births", {})) == INSTALLS
            classes = snapshot.query("SELECT class, name, kind FROM classes", {})
            assert len(classes) == len({number for number, *_ in classes})
            assert len(classes) == len({(name, kind) for _, name, kind in classes})
            inboxes = {name for (name,) in snapshot.query("SELECT inbox FROM marks", {})}
        assert len(inboxes) == 2, "both loaded"
