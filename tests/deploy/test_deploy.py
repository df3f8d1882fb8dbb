"""The files for systemd and nginx: checked by those, and nginx's served by a real nginx with TLS before a real server."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomllib

from headcount.settings import read_settings
from tests.support.reports import REPORT
from tests.support.requires import require
from tests.support.serving import serving
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
    assert set(tomllib.loads((DEPLOY / "headcount.toml").read_text())) == {"host", "port", "contact", "trusted_proxies"}


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


def test_reports_come_through_nginx(site: Path) -> None:
    """By TLS; the quota is the sender's and not nginx's; stock hears 200 also while the collector is away; no log of it."""
    context = ssl.create_default_context(cafile=str(site / "fullchain.pem"))

    def request(tls: int, method: str, path: str, body: bytes = b"", forwarded: str = "") -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection("127.0.0.1", tls, context=context, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"X-Forwarded-For": forwarded} if forwarded else {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    options = ("--config", str(DEPLOY / "headcount.toml"), "--quota", "3")
    body = json.dumps(REPORT).encode()
    with serving(site / "data", site / "stderr", *options) as served:
        collector = int(served.url.rpartition(":")[2])
        with _nginx(site, collector) as tls:
            # what a sender writes into the header does not make it another one
            answers = [request(tls, "POST", "/v1/reports", body, f"198.51.{n}.1")[0] for n in range(5)]
            assert answers == [202, 202, 202, 429, 429]
            assert request(tls, "POST", "/events/phone_home", body) == (200, b"ok")
            assert request(tls, "GET", "/metrics")[0] == 404
            assert request(tls, "GET", "/privacy")[0] == 200
            assert served.stop() == ""
            assert request(tls, "POST", "/events/phone_home", body) == (200, b"ok")
            assert request(tls, "POST", "/v1/reports", body)[0] == 502
    logged = "".join(path.read_text() for path in (site / "logs").iterdir())
    assert "127.0.0.1" not in logged.replace(f"127.0.0.1:{collector}", "")
