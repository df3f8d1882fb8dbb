"""`headcount advise`: of a master, of a configuration that does not load, of a report; and what leaves for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from headcount.contract import write_notices
from tests.support.command import Done, advise
from tests.support.command import headcount as run
from tests.support.corpus import DIRECTORY as MASTERS
from tests.support.hostile import Behaviour, Visit, answer, close_in_the_middle, endless, misbehaving
from tests.support.masters import SMALL, make_master
from tests.support.publications import publication

OLD = SMALL + "\nfrom own.steps import Old\nx = util.WithProperties('%(secret_name)s')\n"
OWN = "from buildbot.plugins import steps\nclass Old(steps.ShellCommand):\n    def getText(self, cmd, results): pass\n"
PUBLICATION = publication().to_json().encode()


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a master that uses two deprecated features."""
    basedir = tmp_path_factory.mktemp("of") / "master"
    make_master(basedir, OLD)
    (basedir / "own").mkdir()
    (basedir / "own" / "__init__.py").touch()
    (basedir / "own" / "steps.py").write_text(OWN)
    return basedir


@pytest.fixture(scope="module")
def advised(master: Path) -> Done:
    """What is told of it as JSON, strictly."""
    return advise(master, "--format", "json", "--strict", cwd=master)


def test_a_masters_deprecated_features_are_told_with_file_and_line(advised: Done, master: Path) -> None:
    """Of the configuration and of what it imports; strictly, with status 1, and nothing is left behind."""
    concerns = json.loads(advised.stdout)["concerns"]
    line = OLD.splitlines().index("x = util.WithProperties('%(secret_name)s')") + 1
    assert advised.returncode == 1
    found = [
        (concern["name"], concern["place"]) for concern in concerns if concern["kind"] in ("deprecated", "removed")
    ]
    assert len(found) == 2, advised.stderr
    (of_step, place_of_step), (of_name, place) = found  # what was removed comes first
    assert (of_name, of_step) == ("WithProperties", "BuildStep.getText")
    assert place.startswith("master.cfg:")
    assert (master / "master.cfg").read_text().splitlines()[int(place.partition(":")[2]) - 1] == OLD.splitlines()[
        line - 1
    ]
    assert place_of_step == "own/steps.py:3"
    assert {path.name for path in master.iterdir()} <= {"buildbot.tac", "master.cfg", "own", "out.log"}


def test_a_configuration_that_does_not_load_is_advised_by_its_text(tmp_path: Path) -> None:
    """As after an upgrade, when the feature is what it does not load for."""
    (tmp_path / "master.cfg").write_text(OLD + "x = util.NoSuchThing()\n")
    done = advise(tmp_path, "--format", "json", cwd=tmp_path)
    assert done.returncode == 0
    assert "only its files and versions are looked at" in done.stderr
    assert "WithProperties" in {concern["name"] for concern in json.loads(done.stdout)["concerns"]}


def _recorded(arguments: Sequence[object], notices: bytes) -> tuple[list[bytes], Done]:
    """Run the command with ``--url`` of a collector; return every byte that it got, and what was printed."""
    requests: list[bytes] = []

    def behave(visit: Visit) -> None:
        requests.append(visit.connection.recv(65_536))
        body = notices if b"notices" in requests[-1].splitlines()[0] else PUBLICATION
        visit.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nSet-Cookie: a=b\r\n\r\n".encode() + body)
        requests[-1] += b"".join(iter(lambda: visit.connection.recv(65_536), b""))

    with misbehaving(behave) as server:
        done = run("advise", *arguments, "--url", server.url)
        port = server.url.rpartition(":")[2].encode()
    return [request.replace(port, b"PORT") for request in requests], done


def test_what_leaves_is_the_same_for_every_master(tmp_path: Path) -> None:
    """Two requests without a body, for what everybody gets; a report decides nothing of them."""
    notices = write_notices([])
    reports = sorted(MASTERS.glob("*.ours.json"))[:2]
    recorded = [_recorded([report], notices)[0] for report in reports]
    assert recorded[0] == recorded[1]
    assert [request.splitlines()[0] for request in recorded[0]] == [
        b"GET /public/publication.json HTTP/1.1", b"GET /public/notices.json HTTP/1.1"
    ]  # fmt: skip
    headers = [line.partition(b":")[0] for request in recorded[0] for line in request.splitlines()[1:] if line]
    assert headers == [b"Host", b"Accept-Encoding", b"User-Agent"] * 2


def test_a_report_is_compared_with_a_publication(tmp_path: Path) -> None:
    """From a file, as text for a person."""
    file = tmp_path / "publication.json"
    file.write_bytes(PUBLICATION)
    done = run("advise", MASTERS / "zorg-43.ours.json", "--publication", file)
    assert done.returncode == 0
    assert "Among the masters that report (published for 2026-W48):" in done.stdout
    assert "your Buildbot, 4.3: 67% of masters" in done.stdout


@pytest.mark.parametrize("form", ["ours", "stock"])
def test_the_reports_of_real_masters_are_read(form: str) -> None:
    """All six, in both forms, without network, and nothing is written beside them."""
    reports = sorted(MASTERS.glob(f"*.{form}.json"))
    assert len(reports) == 6
    for report in reports:
        done = run("advise", report)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("behave", "said"),
    [
        (answer(200, body=b"x" * 5_000_000), "a publication has 4,000,000 bytes at most"),
        (answer(200, body=b"<html>\x1b[2J"), "the publication is no JSON"),
        (answer(302, {"Location": "http://127.0.0.1:1/"}), "the collector answered with status 302"),
        (answer(500), "the collector answered with status 500"),
        (close_in_the_middle, "the collector could not be reached"),
        (endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 60_000 + b"\r\n"), "the collector could not be reached"),
    ],
)  # fmt: skip
def test_a_hostile_collector_is_refused_with_one_sentence(behave: Behaviour, said: str) -> None:
    """Whatever it answers, in printable letters."""
    with misbehaving(behave) as server:
        done = run("advise", MASTERS / "zorg-43.ours.json", "--url", server.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.strip().isprintable()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--url", "http://headcount.example.org"], "give it with https"),
        (["--url", "https://user@headcount.example.org"], "is the address of a collector"),
        (["--url", "ftp://x"], "is the address of a collector"),
        (["--publication", "/nowhere"], "/nowhere cannot be read"),
    ],
)
def test_a_wrong_argument_is_refused(arguments: list[str], said: str) -> None:
    """Before anything is asked of anybody."""
    done = run("advise", MASTERS / "zorg-43.ours.json", *arguments)
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize("content", [b"", b"[]", b'{"headcount": 1}', b"[" * 100_000, b'{"x": 1}'])
def test_what_is_no_report_is_refused(content: bytes, tmp_path: Path) -> None:
    """With one sentence."""
    (tmp_path / "usage-report.json").write_bytes(content)
    done = run("advise", tmp_path / "usage-report.json")
    assert done.returncode == 1
    assert "is no report" in done.stderr
    assert done.stderr.count("\n") == 1
