"""The files for systemd and nginx: checked by those, and nginx's served by a real nginx with TLS before a real server."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import tomllib

from headcount.settings import read_settings
from tests.support.command import headcount
from tests.support.namespaces import namespaces_missing
from tests.support.reports import REPORT
from tests.support.requires import require
from tests.support.routes import address_of, all_routes
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
ANALYZE = shutil.which("systemd-analyze")


def _need_nginx() -> None:
    require(None if NGINX and shutil.which("openssl") else "nginx is missing: apt-get install -y nginx openssl")


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """With nothing to say about it, once the command that it starts is there."""
    require(None if ANALYZE else "systemd-analyze is missing: apt-get install -y systemd")
    unit = (DEPLOY / "headcount.service").read_text()
    command = tmp_path / "headcount"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    path = tmp_path / "headcount.service"
    path.write_text(unit.replace("/opt/headcount/bin/headcount", str(command)))
    done = subprocess.run([str(ANALYZE), "verify", "--man=no", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_settings_are_settings() -> None:
    """The example file is read without a problem, and nginx, which stands on loopback, is believed."""
    read = read_settings({}, {}, DEPLOY / "headcount.toml")
    assert read.contact
    assert [str(network) for network in read.trusted_proxies] == ["127.0.0.1/32", "::1/128"]
    assert set(tomllib.loads((DEPLOY / "headcount.toml").read_text())) == {
        "host", "port", "public_url", "contact", "trusted_proxies",
    }  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A directory with the site's files as installed, their paths and ports made local."""
    _need_nginx()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    shutil.copy(DEPLOY / "headcount-proxy.conf", tmp_path)
    (tmp_path / "logs").mkdir()
    return tmp_path


def _configure(site: Path, tls: int, collector: int) -> Path:
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("/etc/ssl/headcount", str(site)).replace("/etc/nginx", str(site))
    text = text.replace("/run/headcount-bodies", str(site / "bodies"))
    # What nginx says at `warn` is where it writes a body to a file.
    text = text.replace("error.log crit;", f"error.log crit; error_log {site}/logs/warnings warn;")
    text = text.replace("/var/log/nginx", str(site / "logs")).replace("127.0.0.1:8010", f"127.0.0.1:{collector}")
    text = re.sub(r"\n +listen \[::\]:443.*", "", text).replace("listen 443", f"listen 127.0.0.1:{tls}")
    path = site / "whole.conf"
    temporary = "".join(
        f"{kind}_temp_path {site}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = f"daemon off; pid {site}/pid; error_log {site}/logs/main; events {{}}"
    path.write_text(f"{own}\nhttp {{ {temporary} access_log off;\n{text}\n}}")
    return path


@contextlib.contextmanager
def _nginx(site: Path, collector: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        tls = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(NGINX), "-p", str(site), "-e", str(site / "logs" / "first"), "-c", str(_configure(site, tls, collector))]
    )

    def up() -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", tls)) == 0

    try:
        wait_until(up, "nginx listens")
        yield tls
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_nginx_accepts_the_site(site: Path) -> None:
    """`nginx -t` has nothing to complain of."""
    command = [str(NGINX), "-t", "-p", str(site), "-e", str(site / "logs" / "first"), "-c", str(_configure(site, 1, 1))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


class _Client:
    """Speaks TLS to the site."""

    def __init__(self, site: Path, port: int) -> None:
        self._context = ssl.create_default_context(cafile=str(site / "fullchain.pem"))
        self.port = port

    def request(
        self, method: str, path: str, body: Any = b"", headers: dict[str, str] | None = None, source: str = "127.0.0.1"
    ) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=self._context, timeout=30, source_address=(source, 0)
        )
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {}, encode_chunked=True)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def begin(self, head: str, source: str) -> ssl.SSLSocket:
        """Send the beginning of a request, and return the connection."""
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(source, 0))
        connection = self._context.wrap_socket(raw, server_hostname="127.0.0.1")
        connection.sendall(head.encode())
        return connection


@contextlib.contextmanager
def _collector(site: Path, *options: str) -> Iterator[tuple[Served, _Client]]:
    """Keep a collector with the settings of the example running, and the site before it."""
    with (
        serving(site / "data", site / "stderr", "--config", str(DEPLOY / "headcount.toml"), *options) as served,
        _nginx(site, int(served.url.rpartition(":")[2])) as tls,
    ):
        yield served, _Client(site, tls)


def test_reports_come_through_nginx(site: Path) -> None:
    """By TLS; the quota is the sender's and not nginx's; stock hears 200 also while the collector is away; no log of it."""
    body = json.dumps(REPORT).encode()
    with _collector(site, "--quota", "3") as (served, client):
        # what a sender writes into the header does not make it another one
        headers = [{"X-Forwarded-For": f"198.51.{n}.1"} for n in range(5)]
        answers = [client.request("POST", "/v1/reports", body, header)[0] for header in headers]
        assert answers == [202, 202, 202, 429, 429]
        assert client.request("POST", "/events/phone_home", body) == (200, b"ok")
        assert client.request("GET", "/privacy")[0] == 200
        assert served.stop() == ""
        assert client.request("POST", "/events/phone_home", body) == (200, b"ok")
        assert client.request("POST", "/v1/reports", body)[0] == 502
    logged = "".join(path.read_text() for path in (site / "logs").iterdir() if path.name != "warnings")
    assert "127.0.0.1" not in logged.replace(served.url.removeprefix("http://"), "")


@pytest.mark.ci
def test_nginx_passes_what_the_collector_answers_and_nothing_else(site: Path) -> None:
    """Every route but /metrics; with a slash more, under another name, or where an endpoint ends: nginx's own 404."""
    routes = all_routes(site / "routes")
    known = {address_of(path) for path, _ in routes}
    with _collector(site) as (served, client):
        assert served.stop() == ""
        for path, methods in [*routes, ("/v1/reports", {"POST"})]:
            address, method = address_of(path), "POST" if "POST" in methods else "GET"
            passed = 404 if path == "/metrics" else 502
            assert (address, client.request(method, address)[0]) == (address, passed)
            for other in (f"{address}/", f"{address}/x/y", f"{address}x", f"/x{address}", address.rpartition("/")[0]):
                if other and other not in known and not ("{" in path and other == f"{address}x"):
                    assert (other, client.request(method, other)[0]) == (other, 404)


@pytest.mark.ci
def test_stock_hears_200_whatever_it_sends(site: Path) -> None:
    """A target or a header as long as nginx reads, or longer; another method; a body that is too large; no length."""
    long, too_long = "x" * 20_000, "x" * 70_000
    ok = (200, b"ok")
    path = "/events/phone_home"
    with _collector(site) as (_, client):
        assert client.request("POST", f"{path}?{long}", b"{}")[0] == 200
        assert client.request("POST", path, b"{}", {"X-Long": long})[0] == 200
        assert client.request("POST", f"{path}?{too_long}", b"{}") == ok
        assert client.request("POST", path, b"{}", {"X-Long": too_long}) == ok
        assert client.request("PUT", path, b"{}") == ok
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n"
        with client.begin(head, "127.0.0.1") as connection:
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert client.request("POST", path, bytes(8 * 1024 * 1024 + 1)) == ok
        for other in (f"/v1/reports?{too_long}", "/v1/reports", f"/privacy?{too_long}"):
            status, said = client.request("POST", other, b"{}", {"X-Long": too_long})
            assert (status, said) == (431, b"the head of the request is too large\n")
        assert client.request("GET", "/too-large")[0] == 404


@pytest.mark.ci
def test_no_body_is_written_to_the_disk(site: Path) -> None:
    """As large as they may be, with a length or in chunks, also an answer; what chunks of a byte overflow is in /run."""
    body = json.dumps({**REPORT, "padding": "x" * (8 * 1024 * 1024 - 4000)}).encode()
    assert "client_body_temp_path /run/" in (DEPLOY / "nginx.conf").read_text()
    with _collector(site) as (_, client):
        for path, status in (("/v1/reports", 400), ("/events/phone_home", 200)):
            assert client.request("POST", path, body)[0] == status
            pieces = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
            assert client.request("POST", path, pieces)[0] == status
        assert client.request("GET", "/openapi.json")[0] == 200
        assert client.request("POST", "/v1/installation/lookup", bytes(65_537))[0] == 413
    assert "temporary file" not in (site / "logs" / "warnings").read_text()


@pytest.mark.ci
def test_one_block_of_addresses_leaves_room_for_others(site: Path) -> None:
    """Sixteen of its requests at a time are read, and no more of another address of it; stock hears 200 all the same."""
    head = "POST /v1/reports HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n"
    body = json.dumps(REPORT).encode()
    with _collector(site) as (_, client), contextlib.ExitStack() as stack:
        for number in range(16):
            stack.enter_context(client.begin(head, f"127.0.1.{number + 1}"))

        def is_full() -> bool:
            return client.request("POST", "/v1/reports", body, source="127.0.1.99")[0] == 503

        wait_until(is_full, "the sixteen are read")
        assert client.request("POST", "/events/phone_home", body, source="127.0.1.99") == (200, b"ok")
        assert client.request("POST", "/v1/reports", body, source="127.0.2.1")[0] == 202


def test_the_unit_is_as_narrow_as_costs_nothing() -> None:
    """By systemd's own measure, in which 10 is no protection at all; it was 1.7 once."""
    require(None if ANALYZE else "systemd-analyze is missing: apt-get install -y systemd")
    command = [str(ANALYZE), "security", "--offline=true", "--threshold=9", str(DEPLOY / "headcount.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def _system_calls(*groups: str) -> set[str]:
    """Return the system calls in some of systemd's groups."""
    command = [str(ANALYZE), "syscall-filter", "--no-pager"]
    known: dict[str, list[str]] = {}
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        if line.startswith("@"):
            known[line.strip()] = []
        elif line.startswith("    ") and not line.strip().startswith("#"):
            known[list(known)[-1]].append(line.strip())
    found: set[str] = set()
    for group in groups:
        for name in known[group]:
            found |= _system_calls(name) if name.startswith("@") else {name}
    return found


@pytest.mark.ci
def test_a_server_needs_no_more_than_the_unit_allows(tmp_path: Path) -> None:
    """It takes a report, answers, draws, backs up and is examined: with no other system call, and with /proc as there."""
    strace = shutil.which("strace")
    require(None if ANALYZE and strace else "systemd-analyze or strace is missing: apt-get install -y systemd strace")
    require(namespaces_missing())
    unit = (DEPLOY / "headcount.service").read_text()
    (allowed, refused) = re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE)
    data, calls = tmp_path / "data", tmp_path / "calls"
    command = ["unshare", "--mount", "sh", "-c", 'mount -t proc -o subset=pid proc /proc && exec "$@"', "sh"]
    command += [
        str(strace),
        "-f",
        "-c",
        "-o",
        str(calls),
        sys.executable,
        "-m",
        "headcount",
        "serve",
        "--data",
        str(data),
    ]
    with subprocess.Popen([*command, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            url, _, token = (
                [process.stdout.readline() for _ in range(3)][1].partition(": ")[2].strip().partition("/?token=")
            )
            client = Served(data, url, token, cast("Any", process), calls, cast("Any", process.stdout))
            assert client.post("/v1/reports", REPORT).status == 202
            client.wait_for_installations(1)
            signed_in = {"Authorization": f"Bearer {token}"}
            assert client.request("GET", "/", headers=signed_in).status == 200
            for form in ("svg", "png", "parquet"):
                drawn = client.request("GET", f"/api/ask/versions?format={form}", headers=signed_in)
                assert (form, drawn.status) == (form, 200)
            for words in (("backup", tmp_path / "kept"), ("export", tmp_path / "out"), ("doctor",)):
                done = headcount(*words, "--data", data)
                assert (words[0], done.returncode, done.stderr) == (words[0], 0, "")
            (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            os.kill(int(child), signal.SIGHUP)
            os.kill(int(child), signal.SIGTERM)
            assert (process.wait(timeout=60), process.stderr.read()) == (0, "")
        finally:
            process.kill()
    made = {line.split()[-1] for line in calls.read_text().splitlines()[2:-2] if line.strip()}
    assert {"openat", "accept4", "fsync"} <= made
    made.discard("fchown")  # SQLite's, as root alone: the unit has a user
    assert made - (_system_calls(*allowed.split()) - _system_calls(*refused.removeprefix("~").split())) == set()
