"""The installation's rights, in a real server and by the operator's commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headcount.client import secret_for
from headcount.ingest import Gate
from headcount.server.web.request_limit import RequestLimit
from tests.support import captures
from tests.support.command import headcount
from tests.support.reports import REPORTS, report
from tests.support.serving import Answered, Served, serving

LOOKUP, ERASE = "/v1/installation/lookup", "/v1/installation/erase"
SECRET, OTHER = "5" * 64, "7" * 64
RARE = "buildbot.steps.package.deb.lintian.DebLintian"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    """A server with an installation of a secret, one of stock, and its own past as stock."""
    with serving(tmp_path / "data", tmp_path / "stderr") as served:
        rare = report(1, plugins={RARE: 1})
        assert served.post(REPORTS, rare, {"Headcount-Secret": SECRET}).status == 202
        assert served.post(REPORTS, report(1)).status == 202
        assert served.post(REPORTS, report(2)).status == 202
        served.wait_for_installations(3)
        yield served


def _ask(server: Served, path: str, number: int, secret: str) -> Answered:
    return server.post(path, {"id": f"{number:040x}", "secret": secret})


def test_lookup_shows_all_that_is_held(server: Served) -> None:
    """To who has the id and the secret: days, and what was said, without a pseudonym."""
    found = _ask(server, LOOKUP, 1, SECRET)
    assert found.status == 200
    (held,) = found.json()["held"]
    assert len(held["sightings"]) == 1
    assert RARE in held["profiles"][0]["names"]
    assert not re.search(r"\d{12}", found.body.decode())


def test_wrong_unknown_and_stock_are_one_answer(server: Served) -> None:
    """So nobody learns by asking whether an id that they guessed is there."""
    answers = [
        _ask(server, path, number, secret)
        for path in (LOOKUP, ERASE)
        for number, secret in ((1, OTHER), (2, SECRET), (3, SECRET))
    ]
    assert {(one.status, one.body) for one in answers} == {(404, answers[0].body)}
    assert all(one.headers.keys() == answers[0].headers.keys() for one in answers)
    assert server.ever_seen() == 3


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"id": "x", "secret": SECRET}, ["id"]),
        ({"id": "a" * 40}, ["secret"]),
        ({}, ["id", "secret"]),
        ([], [""]),
        ({"id": "a" * 5000}, [""]),
    ],
)
def test_what_is_no_id_and_secret_is_refused(server: Served, body: object, where: list[str]) -> None:
    """With every problem."""
    for path in (LOOKUP, ERASE):
        refused = server.post(path, body)
        assert refused.status in (400, 413)
        assert [problem["where"] for problem in refused.json()["problems"]] == where


def test_a_wrong_secret_with_a_report_is_refused(server: Served) -> None:
    """It is a problem of the header, and nothing is kept."""
    refused = server.post(REPORTS, report(9), {"Headcount-Secret": "secret"})
    assert refused.status == 400
    assert refused.json()["problems"][0]["where"] == "Headcount-Secret"


def test_erasure_by_the_installation(server: Served) -> None:
    """Out of the answers at once, with a receipt; its past as stock is the operator's to erase, and the receipt goes on."""
    erased = _ask(server, ERASE, 1, SECRET)
    assert erased.status == 202
    receipt = erased.json()
    assert receipt["off_the_disk"] is None
    assert receipt["out_of_the_answers"].endswith("Z")
    assert "tombstone" in receipt["kept"]
    assert server.ever_seen() == 2
    assert all(row["plugin"] != RARE for row in server.ask("plugins")["rows"])
    assert _ask(server, LOOKUP, 1, SECRET).status == 404
    shown = server.request("GET", f"/v1/installation/receipts/{receipt['receipt']}")
    assert shown.json() == receipt
    assert server.request("GET", "/v1/installation/receipts/unknown").status == 404


def test_the_operator_looks_up_and_erases_by_id(server: Served) -> None:
    """All that came under an id, in the answers and on the disk; it is found in the files before, and not after."""
    data = str(server.data)
    found = headcount("lookup", f"{1:040x}", "--data", data)
    assert found.returncode == 0, found.stderr
    assert len(json.loads(found.stdout)["held"]) == 2
    server.stop()
    assert RARE.encode() in _bytes(server.data)
    erased = headcount("erase", f"{1:040x}", "--data", data)
    assert erased.returncode == 0, erased.stderr
    assert json.loads(erased.stdout)["off_the_disk"] is not None
    assert RARE.encode() not in _bytes(server.data)
    again = headcount("erase", f"{1:040x}", "--data", data)
    assert (again.returncode, again.stdout, again.stderr) == (1, "", "headcount: nothing is held under this id.\n")
    wrong = headcount("erase", "nobody", "--data", data)
    assert "an install id has 40 hexadecimal digits" in wrong.stderr


def test_the_operator_erases_while_the_server_runs(server: Served) -> None:
    """Through its socket; what waits in its inbox is reached, and questions go on."""
    erased = headcount("erase", f"{1:040x}", "--data", str(server.data))
    assert json.loads(erased.stdout)["off_the_disk"] is not None, erased.stderr
    assert server.ever_seen() == 1
    assert RARE.encode() not in _bytes(server.data)
    assert server.post(REPORTS, report(5)).status == 202
    server.wait_for_installations(2)
    assert server.stop() == ""


def test_an_installation_uses_its_rights_from_the_command_line(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--url`, and the line of the secret's file in the environment: the collector has what is made from it."""
    sent = {"Headcount-Secret": secret_for(server.url, SECRET)}
    assert server.post(REPORTS, report(1, plugins={RARE: 1}), sent).status == 202
    server.wait_for_installations(4)
    monkeypatch.setenv("HEADCOUNT_SECRET", SECRET)
    found = headcount("lookup", f"{1:040x}", "--url", server.url)
    assert RARE in json.loads(found.stdout)["held"][0]["profiles"][0]["names"], found.stderr
    assert json.loads(headcount("erase", f"{1:040x}", "--url", server.url).stdout)["receipt"]
    elsewhere = headcount("lookup", f"{1:040x}", "--url", f"{server.url}/elsewhere")
    assert (elsewhere.returncode, "404" in elsewhere.stderr) == (1, True)
    assert "nothing is held" not in elsewhere.stderr
    for line in ("", SECRET[:-1], SECRET.replace("5", "A")):
        monkeypatch.setenv("HEADCOUNT_SECRET", line)
        refused = headcount("lookup", f"{1:040x}", "--url", server.url)
        assert refused.returncode == 1
        assert "HEADCOUNT_SECRET must be the line of usage-report.secret: 64 hexadecimal digits" in refused.stderr
    misplaced = headcount("lookup", f"{1:040x}", "--data", str(server.data), "--collector", server.url)
    assert (misplaced.returncode, "--collector is for an installation" in misplaced.stderr) == (1, True)


@pytest.mark.ci
def test_a_backup_brings_back_the_same_answers_and_nobody_who_was_erased(tmp_path: Path) -> None:
    """Written while reports come; restored with the key, into the same directory and into another one; not without it."""
    data, kept = tmp_path / "data", tmp_path / "kept"
    with serving(data, tmp_path / "stderr") as server:
        for _, body in captures.reports():
            server.post("/events/phone_home", body)
        server.post(REPORTS, report(1, plugins={RARE: 1}))
        count = len({body["installid"] for _, body in captures.reports()}) + 1
        server.wait_for_installations(count)
        server.post(REPORTS, report(2))
        made = headcount("backup", str(kept), "--data", str(data))
        assert made.returncode == 0, made.stderr
        assert "but the pseudonym key" in " ".join(made.stdout.split())
        server.wait_for_installations(count + 1)
        before = _answers(server)
        server.post(REPORTS, report(3))
        assert headcount("restore", str(kept), "--data", str(data)).returncode == 1  # not while it serves
        server.wait_for_installations(count + 2)
        server.stop()
    assert headcount("restore", str(kept), "--data", str(data)).returncode == 0
    with serving(data, tmp_path / "stderr") as server:
        assert _answers(server) == before
        assert headcount("erase", f"{1:040x}", "--data", str(data)).returncode == 0
        without = _answers(server)
        assert without != before
        server.stop()
    assert headcount("restore", str(kept), "--data", str(data)).returncode == 0
    with serving(data, tmp_path / "stderr") as server:
        assert _answers(server) == without
        assert server.post(REPORTS, report(4)).status == 202
        server.wait_for_installations(count + 1)
        server.stop()

    fresh = tmp_path / "fresh"
    refused = headcount("restore", str(kept), "--data", str(fresh))
    assert refused.returncode == 1
    assert "the pseudonym key is not there" in refused.stderr
    (fresh / "pseudonym.key").write_bytes(b"k" * 32)
    refused = headcount("restore", str(kept), "--data", str(fresh))
    assert "was made with another pseudonym key" in refused.stderr
    (fresh / "pseudonym.key").write_bytes((data / "pseudonym.key").read_bytes())
    assert headcount("restore", str(kept), "--data", str(fresh)).returncode == 0
    with serving(fresh, tmp_path / "stderr") as server:
        assert _answers(server) == before
        assert server.post(REPORTS, report(5)).status == 202  # into an inbox whose rows start anew
        server.wait_for_installations(count + 2)
    assert headcount("restore", str(data / "HEADCOUNT"), "--data", str(data)).returncode == 1


def test_a_new_key_makes_every_installation_a_new_one(server: Served) -> None:
    """And says so, and refuses while reports are taken in."""
    data = str(server.data)
    refused = headcount("rotate-key", "--data", data)
    assert refused.returncode == 1
    assert "another process works on" in refused.stderr
    key = (server.data / "pseudonym.key").read_bytes()
    server.stop()
    rotated = headcount("rotate-key", "--data", data)
    assert rotated.returncode == 0, rotated.stderr
    assert "Every installation is a new one from now on" in rotated.stdout
    assert key not in b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
    assert headcount("lookup", f"{2:040x}", "--data", data).returncode == 1
    with serving(server.data, server.errors) as again:
        assert again.post(REPORTS, report(2)).status == 202
        again.wait_for_installations(4)


def test_the_doctor(tmp_path: Path) -> None:
    """Says of each part whether it is well, with and without a server; of a damaged one what to do; and rebuilds."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as server:
        server.post(REPORTS, report(1))
        server.wait_for_installations(1)
        for arguments in ([], ["--rebuild"]):
            well = headcount("doctor", "--data", str(data), *arguments)
            assert (well.returncode, well.stderr) == (0, ""), well.stdout
            assert "WRONG" not in well.stdout
        server.stop()
    assert headcount("doctor", "--data", str(data)).returncode == 0
    good = (data / "warehouse.duckdb").read_bytes()
    (data / "warehouse.duckdb").write_bytes(good[: len(good) // 2])
    (data / "inbox" / "serve.sqlite").write_bytes(b"no database" * 999)
    (data / "inbox" / "serve.sqlite.damaged-20260101T000000Z").touch(0o600)
    (data / "pseudonym.key").chmod(0o644)
    ill = headcount("doctor", "--data", str(data))
    assert ill.returncode == 1
    wrong = [line for line in ill.stdout.splitlines() if line.startswith("WRONG")]
    for line, says in zip(wrong, ("others can read", "serve.sqlite is damaged", "set aside", "restore"), strict=True):
        assert says in line


def test_who_guesses_uses_up_their_own_block_only(tmp_path: Path) -> None:
    """One block of addresses is told to come back later, from whichever of its addresses; another is served as before."""
    with serving(tmp_path / "data", tmp_path / "stderr", "--trusted-proxies", "127.0.0.1") as server:
        assert server.post(REPORTS, report(1), {"Headcount-Secret": SECRET}).status == 202
        server.wait_for_installations(1)

        def ask(secret: str, *forwarded: str, path: str = LOOKUP) -> Answered:
            return server.post(path, {"id": f"{1:040x}", "secret": secret}, {"X-Forwarded-For": ", ".join(forwarded)})

        guesses = [ask(OTHER, f"203.0.113.{number}", path=(LOOKUP, ERASE)[number % 2]) for number in range(130)]
        assert {guess.status for guess in guesses[:120]} == {404}
        assert {guess.status for guess in guesses[121:]} == {429}  # one may have come back meanwhile
        assert 1 <= int(guesses[-1].headers["retry-after"]) <= 30
        assert ask(SECRET, "198.51.100.7").status == 200
        assert ask(SECRET, "198.51.100.7", "203.0.113.1").status == 429  # what a sender wrote before the proxy did
        assert ask(SECRET, "203.0.113.1", "198.51.100.7", path=ERASE).status == 202
        assert server.post(REPORTS, report(2), {"X-Forwarded-For": "203.0.113.1"}).status == 202  # a quota of its own


def test_a_limit_refuses_and_recovers() -> None:
    """After so many requests at once the next is told when to come back; who is no proxy names nobody else."""
    now = 1_790_000_000.0
    limit = RequestLimit(Gate(), 60, lambda: now)

    def wait(address: str) -> int:
        return limit.wait({"client": (address, 1), "headers": [(b"x-forwarded-for", b"198.51.100.7")]})

    assert [wait("203.0.113.1") for _ in range(61)] == [0] * 60 + [60]
    assert wait("2001:db8::1") == 0
    now += 300
    assert [wait("203.0.113.2") for _ in range(6)] == [0] * 5 + [60]


def _answers(server: Served) -> list[Any]:
    questions = [("installs", "state"), ("installs", "month"), ("versions", "buildbot"), ("plugins", "all")]
    return [
        {key: value for key, value in server.ask(name, by=by).items() if key != "data_until"} for name, by in questions
    ]


def _bytes(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
