"""The table of commands, and how a command is carried: by the server that runs, or here."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from headcount._refused import Refused
from headcount.server import commands
from headcount.server.commands import COMMANDS, work_of
from headcount.server.commands.connection import connect, exchange, running_server
from headcount.server.data.directory import DataDirectory
from tests.support.serving import Served, serving

HEAVY = ("duckdb", "starlette", "uvicorn", "orjson", "lark", "jinja2", "vl_convert", "scipy", "cachetools",
         "prometheus_client", "sqlite3", "headcount.ingest", "headcount.questions", "headcount.warehouse")  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with an empty data directory."""
    path: Path = tmp_path_factory.mktemp("commands")
    with serving(path / "data", path / "stderr") as served:
        yield served


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_a_function_over_the_open_data(name: str) -> None:
    """Of what is open, and of the arguments."""
    assert len(inspect.signature(work_of(name)).parameters) == 2


def test_a_command_that_a_server_does_imports_nothing_that_only_a_server_needs(server: Served) -> None:
    """It starts at once: it only carries the question there, and the answer back."""
    program = (
        "import sys\nfrom headcount.cli import main\n"
        f"status = main(['ask', 'installs', '--data', {str(server.data)!r}])\n"
        "print(status, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    status, *modules = done.stderr.split()
    assert status == "0"
    assert "Installations by state" in done.stdout
    assert [name for name in modules if name.startswith(HEAVY)] == []


def test_a_server_of_another_version_says_so(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence, and so where a command is not for a server."""
    for name in ("juggle", "restore"):
        with running_server(DataDirectory(server.data)) as connection:
            assert connection is not None
            reply = exchange(connection, "POST", f"/commands/{name}", {})
        assert (reply.status, list(reply.body)) == (409, ["refused"])
        assert f"this server knows no command '{name}'" in reply.body["refused"]


def test_a_server_that_fails_is_one_sentence(server: Served) -> None:
    """Whatever it failed at: arguments that no command of ours sends."""
    with pytest.raises(
        Refused, match=r"the server on .* gave no answer: it sent status 500 without a reason; see its log"
    ):
        commands.run(server.data, "token-revoke", nonsense=1)


@contextmanager
def _answering(status: int, content: bytes) -> Iterator[str]:
    """Yield the address of a server that answers every request so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.server_port}"
        finally:
            listener.shutdown()


@pytest.mark.parametrize(
    ("status", "content", "says"),
    [
        (500, b"Internal Server Error", "gave no answer: it sent status 500 without a reason"),
        (503, json.dumps({"problem": "not now"}).encode(), "answered 503: not now."),
        (400, json.dumps({"problems": [{"where": "id", "what": "is wrong"}]}).encode(), "answered 400: id is wrong."),
        (200, b"[]", "gave no answer"),
    ],
)
def test_what_a_server_answers_is_told(status: int, content: bytes, says: str) -> None:
    """Its own words, or that it had none."""
    with _answering(status, content) as url:
        connection, _ = connect(url)
        reply = exchange(connection, "GET", "/")
    with pytest.raises(Refused, match=says.replace("(", r"\(")):
        reply.expect(202)


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org", "http://", "http://a:b", "http://[::1", "http://a b"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """With what one looks like."""
    with pytest.raises(Refused, match="is no address of a server: it looks like https://"):
        connect(url)


@pytest.mark.parametrize(("url", "token"), [("", "secret\nword"), ("", "s\u20accret"), ("http://a..b", "secret")])
def test_what_http_cannot_carry_is_refused_without_its_words(url: str, token: str) -> None:
    """A token is in no message, and in no traceback."""
    with _answering(200, b"{}") as there:
        connection, _ = connect(url or there, public=True)
        with pytest.raises(Refused) as refused:
            exchange(connection, "GET", "/", headers={"Authorization": f"Bearer {token}"})
    shown = "".join(traceback.format_exception(refused.value))
    assert "has characters that HTTP does not carry" in shown
    assert token not in str(refused.value)
    assert refused.value.__suppress_context__
