"""Records of `drop` by the command: released once, for everybody, in the backup; true counts are for maintainers alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headcount.questions import due_quarter, record_name
from headcount.server import commands
from headcount.server.commands.backup import backup_to
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.opened import opened
from tests.support.command import Done, headcount
from tests.support.dropping import arrivals, masters
from tests.support.serving import Served, serving

pytestmark = pytest.mark.ci

CVS, QUARTER = "plugin = CVS", due_quarter(datetime.now(UTC).date())
NAME = record_name(CVS, QUARTER)
HEADING = f"### Before dropping: `{CVS}`\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a fleet."""
    path: Path = tmp_path_factory.mktemp("records") / "data"
    with opened(open_directory(path, create=True)) as data:
        data.warehouse.load(arrivals(masters(), QUARTER), inbox="a", through=1)
    return path


@pytest.fixture
def data(original: Path, tmp_path: Path) -> Path:
    """A copy of it, of which nothing is released."""
    return Path(shutil.copytree(original, tmp_path / "data"))


@pytest.fixture(scope="module")
def server(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over another copy."""
    path: Path = tmp_path_factory.mktemp("served")
    shutil.copytree(original, path / "data")
    with serving(path / "data", path / "stderr") as served:
        yield served


def _ask(data: Path, *options: str, where: str = CVS) -> Done:
    return headcount("ask", "drop", "--where", where, "--format", "markdown", "--data", str(data), *options)


def _kept(data: Path) -> list[str]:
    return sorted(path.name for path in DataDirectory(data).records.glob("*"))


def test_a_record_is_released_with_and_without_a_server(data: Path, server: Served) -> None:
    """The same one, by the same name, and again when it is asked for again."""
    alone = _ask(data)
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout.startswith(HEADING)
    assert f"kept at `/public/records/{NAME}`" in alone.stdout
    assert _kept(data) == [f"{NAME}.json"]
    assert _ask(data, where="PLUGIN  == 'CVS'").stdout == alone.stdout
    assert _ask(server.data).stdout == alone.stdout
    assert _kept(server.data) == [f"{NAME}.json"]


def test_everybody_sees_it(server: Served) -> None:
    """Without a token: the list, with what there is to read of each, and the record, as a page and as Markdown."""
    released = _ask(server.data).stdout
    listed = server.request("GET", "/public/records")
    assert (listed.status, listed.headers["cache-control"]) == (200, "public, max-age=300")
    page = listed.body.decode()
    assert f'<a href="/public/records/{NAME}"><code>{CVS}</code></a>' in page
    record = server.request("GET", f"/public/records/{NAME}.md")
    assert record.body.decode() == released
    assert record.headers["content-type"] == "text/markdown; charset=utf-8"
    as_page = server.request("GET", f"/public/records/{NAME}")
    assert f"<h1>Before dropping: <code>{CVS}</code></h1>" in as_page.body.decode()
    assert as_page.headers["content-type"] == "text/html; charset=utf-8"
    for each in (record, as_page):
        assert each.headers["cache-control"] == "public, max-age=86400"
        assert each.headers["x-content-type-options"] == "nosniff"
    missing = server.request("GET", f"/public/records/{NAME[:-1]}x")
    assert (missing.status, missing.headers["cache-control"]) == (404, "no-store")
    assert server.request("GET", "/public/records?where=x").status == 400
    assert server.request("GET", f"/public/records/{NAME}?private=true").status == 400


def test_a_maintainer_releases_it_by_the_api(server: Served, tmp_path: Path) -> None:
    """Who signed in, and nobody else; each is in the log of questions, with what was asked for."""
    where = "/api/ask/drop?where=plugin+%3D+CVS+and+distro+%21%3D+arch&format=markdown"
    signed = {"Authorization": f"Bearer {server.token}"}
    assert server.request("GET", where).status == 401
    name = record_name("plugin = CVS and distro != arch", QUARTER)
    for site in ("cross-site", "same-site"):  # a link that somebody made releases nothing
        assert server.request("GET", where, headers={**signed, "Sec-Fetch-Site": site}).status == 400
    assert f"{name}.json" not in _kept(server.data)
    released = server.request("GET", where, headers=signed)
    assert (released.status, released.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert released.headers["cache-control"] == "private, no-cache"
    assert released.body == server.request("GET", f"/public/records/{name}.md").body
    private = server.request("GET", f"{where}&private=true", headers=signed)
    assert private.body.startswith(b"### NOT FOR PUBLICATION: before dropping `plugin = CVS and distro != arch`\n")
    for wrong, sentence in (
        ("/api/ask/versions?format=markdown", "the record of a decision alone"),
        (f"{where}&until=2026-01-01", "leave out until"),
        (f"{where}&private=perhaps", "private is true or false"),
        ("/api/ask/drop?format=markdown", "give one with where"),
    ):
        answered = server.request("GET", wrong, headers=signed)
        assert (answered.status, sentence in answered.json()["problem"]) == (400, True), wrong
    (log,) = DataDirectory(server.data).questions.glob("*.jsonl")
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    asked = {"where": "plugin = CVS and distro != arch", "format": "markdown"}
    assert [entry["parameters"] for entry in entries if entry.get("parameters", {}).get("where") == asked["where"]] == [
        asked, {**asked, "private": "true"}
    ]  # fmt: skip


def test_a_server_elsewhere_is_asked_for_it(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a token; the one with true counts too."""
    monkeypatch.setenv("HEADCOUNT_TOKEN", server.token)
    asked = ("ask", "drop", "--where", CVS, "--format", "markdown", "--url", server.url)
    assert headcount(*asked).stdout == _ask(server.data).stdout
    assert "NOT FOR PUBLICATION" in headcount(*asked, "--private").stdout
    refused = headcount("ask", "drop", "--format", "markdown", "--url", server.url)
    assert (refused.returncode, "a record is of a condition" in refused.stderr) == (1, True)


def test_true_counts_are_of_now_and_kept_nowhere(data: Path) -> None:
    """They say in their first words that they are not for publication."""
    before = {*data.rglob("*"), data / "clock"}
    done = _ask(data, "--private")
    assert done.returncode == 0, done.stderr
    true = json.loads(headcount("ask", "drop", "--where", CVS, "--format", "json", "--data", str(data)).stdout)
    heading, *_ = done.stdout.splitlines()
    assert heading == f"### NOT FOR PUBLICATION: before dropping `{CVS}`"
    assert f"**Used by {true['rows'][0]['installations']}** installations" in done.stdout
    assert f"from {true['since']} to {true['until']} (UTC)" in done.stdout
    assert "over half of them in one installation: no" in done.stdout
    assert "This never says yes." in done.stdout
    assert _ask(data, "--private", "--until", QUARTER.isoformat()).returncode == 0
    assert {*data.rglob("*")} == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("versions", "--format", "markdown"), "markdown is the format of the record of a decision alone"),
        (("drop", "--format", "markdown"), "a record is of a condition"),
        (("drop", "--where", CVS, "--basis", "alive", "--format", "markdown"), "leave out basis"),
        (("drop", "--where", CVS, "--private"), "--private goes with --format markdown"),
        (("drop", "--where", CVS, "--by", "month", "--format", "markdown", "--private"), "with no by"),
        (("versions", "--public", "--format", "markdown"), "--format markdown does not go with --public"),
        (("drop", "--where", "plugin != Darcs", "--format", "markdown"), "ask of the opposite"),
    ],
)
def test_what_no_record_is_of_is_refused(data: Path, arguments: tuple[str, ...], sentence: str) -> None:
    """In a sentence."""
    done = headcount("ask", *arguments, "--data", str(data))
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert not _kept(data)


def test_of_a_small_fleet_it_is_refused(tmp_path: Path) -> None:
    """Though the page of the records is there, and says that it is empty."""
    with opened(open_directory(tmp_path / "data", create=True)) as data:
        data.warehouse.load(arrivals(masters(100), QUARTER), inbox="a", through=1)
    done = _ask(tmp_path / "data")
    assert (done.returncode, "of so few no record is released" in done.stderr) == (1, True)
    with serving(tmp_path / "data", tmp_path / "stderr") as few:
        assert b"Nothing is released yet." in few.request("GET", "/public/records").body


def test_a_backup_holds_records_and_a_restore_puts_them_back(data: Path, tmp_path: Path) -> None:
    """Byte for byte, also in place of one that is damaged, which the doctor names; what is released since stays."""
    released = _ask(data).stdout
    backup_to(data, tmp_path / "kept")
    file = DataDirectory(data).records / f"{NAME}.json"
    whole = file.read_bytes()
    file.write_bytes(b"{")
    _ask(data, where="plugin = Darcs")
    damaged = headcount("doctor", "--data", str(data))
    assert f"WRONG  the record {file.name} is damaged: `headcount restore` of a backup puts it back" in damaged.stdout
    restored = commands.run(data, "restore", file=str(tmp_path / "kept"))
    assert restored == {"publications": 0, "records": 1, "tokens": False}
    assert file.read_bytes() == whole
    assert len(_kept(data)) == 2
    shutil.rmtree(file.parent)
    assert _ask(data).stdout == released  # the warehouse has it too
    shutil.rmtree(file.parent)
    done = headcount("restore", str(tmp_path / "kept"), "--data", str(data))
    assert "Records that were missing and are there again: 1." in done.stdout
    assert _ask(data).stdout == released
    assert file.stat().st_mode & 0o077 == 0


def test_its_threshold_is_that_of_what_is_published(data: Path) -> None:
    """Where no server runs."""
    assert headcount("publish", "--k", "7", "--data", str(data)).returncode == 0
    assert "noise of at most 7, and one under 7 is not said" in _ask(data).stdout
