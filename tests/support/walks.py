"""Walks over every route and every command, while something cannot be used: one way to fail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.command import Done, headcount
from tests.support.reports import report
from tests.support.routes import address_of
from tests.support.serving import Answered, Served

INSTALL, SECRET = f"{1:040x}", "5" * 64
READABLE = {"ask-published", "publish", "token", "token-list", "token-revoke"}
"""The commands that need no warehouse."""

_BROWSER, _SCRIPT = "text/html,application/xhtml+xml,*/*;q=0.8", "*/*"


def commands(data: Path, out: Path) -> dict[str, tuple[str, ...]]:
    """Every command on a data directory, by a name of its own, with what it needs."""
    token = (
        json.loads((data / "tokens.json").read_text())["tokens"][0]["id"] if (data / "tokens.json").exists() else "0"
    )
    history = out / "history.ndjson"
    history.write_text(json.dumps({"@timestamp": "2026-10-01T00:00:00Z", **report(7)}) + "\n")
    notices = out / "notices.toml"
    until = datetime.now(UTC).date() + timedelta(days=30)
    notices.write_text(
        f'[[notice]]\nwhere = "plugin = Git"\ntext = "x"\nlink = "https://buildbot.net/"\nuntil = {until}\nby = "x"\n'
    )
    return {
        "ask": ("ask", "installs"),
        "ask-drawn": ("ask", "versions", "--format=svg"),
        "ask-record": ("ask", "drop", "--where=plugin = CVS", "--format=markdown"),
        "ask-record-private": ("ask", "drop", "--where=plugin = CVS", "--format=markdown", "--private"),
        "ask-published": ("ask", "versions", "--public"),
        "backup": ("backup", str(out / "backup")),
        "doctor": ("doctor",),
        "doctor-rebuild": ("doctor", "--rebuild"),
        "erase": ("erase", INSTALL),
        "export": ("export", str(out / "export")),
        "freeze": ("freeze", "kept"),
        "simulate": ("simulate", "--installs=2", "--days=3"),
        "import": ("import", str(history)),
        "lookup": ("lookup", INSTALL),
        "notices": ("notices", str(notices)),
        "publish": ("publish",),
        "restore": ("restore", str(out / "no backup")),
        "rotate-key": ("rotate-key",),
        "token": ("token", "--name=Ada"),
        "token-list": ("token", "--list"),
        "token-revoke": ("token", f"--revoke={token}"),
    }


def run(arguments: tuple[str, ...], data: Path) -> Done:
    """Run a command on a data directory."""
    return headcount(*arguments, f"--{'into' if arguments[0] == 'simulate' else 'data'}={data}")


def walk_commands(data: Path, out: Path, *, served: bool, readable: set[str] = READABLE) -> None:
    """Assert that each command ends in one sentence, or does what needs no warehouse."""
    out.mkdir()
    headcount("token", "--name=Grace", f"--data={data}")
    taken_by_server = {"import"} if served else set()
    for name, arguments in commands(data, out).items():
        done = run(arguments, data)
        if name in readable | taken_by_server:
            assert done.returncode == 0, (name, done)
        elif name == "doctor":
            assert (done.returncode, done.stderr) == (1, "")
            assert "WRONG" in done.stdout
        else:
            assert (done.returncode, done.stdout) == (1, ""), (name, done)
            assert_one_sentence(name, done.stderr)
            assert "cannot be written" not in done.stderr, "the target of a backup is not at fault"
    for publication in (data / "publications").iterdir():
        publication.unlink()
    unpublished = run(("publish",), data)
    assert unpublished.returncode == 1
    assert_one_sentence("publish", unpublished.stderr)


def assert_one_sentence(name: str, text: str) -> None:
    """Assert that a command said one sentence on standard error."""
    assert text.startswith("headcount: "), (name, text)
    assert text.count("\n") == 1, (name, text)
    assert "Traceback" not in text


def walk_routes(server: Served, routes: list[tuple[str, set[str]]]) -> dict[str, list[int]]:
    """Ask every route as a browser and as a script; return the statuses of each path, and of each ``POST`` with its path."""
    statuses: dict[str, list[int]] = {}
    for path, methods in routes:
        address = address_of(path)
        for accept in (_BROWSER, _SCRIPT):
            headers = {"Authorization": f"Bearer {server.token}", "Accept": accept}
            name = path
            if "POST" in methods:
                name = f"POST {path}"
                answered = server.post(address, {"id": INSTALL, "secret": SECRET}, headers)
            else:
                answered = server.request("GET", address, headers=headers)
            statuses.setdefault(name, []).append(answered.status)
            if answered.status == 503 and path != "/readyz":
                _assert_says_why(address, accept, answered)
    return statuses


def _assert_says_why(address: str, accept: str, answered: Answered) -> None:
    assert answered.headers["retry-after"] == "60", address
    if accept == _BROWSER and not address.startswith("/v1/"):
        assert answered.headers["content-type"].startswith("text/html"), address
        assert b"headcount doctor" in answered.body
    elif address.startswith("/v1/"):
        assert answered.json()["problems"][0]["what"] == "not now: try again later"
    else:
        assert "headcount doctor" in answered.json()["problem"]
