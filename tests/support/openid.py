"""A real provider of OpenID Connect, `oidc-provider-mock`, as a process of its own on loopback; and who visits it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support.waiting import wait_until

TEAM = "maintainers"

ADA = {"sub": "ada", "groups": [TEAM, "all"], "email": "Ada@Example.org", "email_verified": True}
"""She may sign in, by her group and by her address."""

EVE = {"sub": "eve", "groups": ["all"], "email": "ada@example.org", "email_verified": False}
"""She may not: the address is not hers."""


def free_port() -> int:
    """Return a port of loopback at which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def openid_provider(*accounts: dict[str, Any]) -> Iterator[str]:
    """Keep a provider running that has some accounts, each a mapping of claims; yield its issuer."""
    port = free_port()
    users = [f"--user-claims={json.dumps(each)}" for each in accounts]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-H", "127.0.0.1", "-p", str(port), *users]
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:
        try:

            def answers() -> bool:
                assert process.poll() is None, "the provider ended"
                with socket.socket() as client:
                    return client.connect_ex(("127.0.0.1", port)) == 0

            wait_until(answers, "the provider listens")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def authorize(address: str, subject: str) -> str:
    """Press the provider's button, at the address to which a browser was sent; return where it is sent back to."""
    parts = urlsplit(address)
    with contextlib.closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"{parts.path}?{parts.query}", urlencode({"sub": subject}), form)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302, answer.status
        return str(answer.headers["location"])


def with_parameter(address: str, name: str, value: str) -> str:
    """Return an address with another value of a parameter."""
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), name: value}
    return parts._replace(query=urlencode(query)).geturl()


def parameters(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))
