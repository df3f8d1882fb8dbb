"""What maintainers tell masters: checked, counted, published by a command, and served to everybody alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from headcount.contract import Notice, read_notices
from headcount.server.commands.companions import missing, read_companions
from headcount.server.data.directory import DataDirectory
from headcount.server.data.notices import DamagedNotices, Given, Notices
from tests.support.command import Done, headcount
from tests.support.reports import REPORT
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until

TODAY = datetime.now(UTC).date()
UNTIL = TODAY + timedelta(days=90)
FILE = """
[[notice]]
where = "{where}"
text = "{text}"
link = "{link}"
until = {until}
by = "Pierre"
"""
LINK = "https://github.com/buildbot/buildbot/issues/1"


def _file(where: str = "plugin = Git", text: str = "Git goes", link: str = LINK, until: object = UNTIL) -> str:
    return FILE.format(where=where, text=text, link=link, until=until)


def _notices(data: Path, text: str, *options: str) -> Done:
    file = data.parent / "notices.toml"
    file.write_text(text)
    return headcount("notices", str(file), f"--data={data}", *options)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a simulated fleet, into whose directory a notice was published before it ran."""
    path: Path = tmp_path_factory.mktemp("notices")
    made = headcount("simulate", "--installs=120", "--days=40", "--seed=3", f"--into={path / 'data'}")
    assert made.returncode == 0, made.stderr
    published = _notices(path / "data", _file(text="before"))
    assert published.returncode == 0, published.stderr
    with serving(path / "data", path / "stderr") as served:
        yield served


@pytest.mark.ci
def test_notices_go_through_the_running_server(server: Served) -> None:
    """A check changes nothing; what is published is served as it is read, kept with who set it and when, and shown."""
    checked = _notices(server.data, _file(), "--check")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith(
        f"{_confirmed(server, 'plugin = Git')} confirmed installations until {UNTIL}: Git goes"
    )
    (before,) = read_notices(server.request("GET", "/public/notices.json").body)
    assert before.text == "before"
    published = _notices(server.data, _file())
    assert published.stdout.endswith("One notice is published at /public/notices.json.\n")
    (notice,) = read_notices(server.request("GET", "/public/notices.json").body)
    assert (notice.text, notice.link, notice.setter, notice.since) == ("Git goes", LINK, "Pierre", TODAY)
    page = server.request("GET", "/public").body.decode()
    for shown in ("Git goes", LINK, "plugin = Git", "Pierre", str(TODAY)):
        assert shown in page
    few = _notices(server.data, _file() + _file("plugin = CVS and db = oracle and python < 3"))
    assert few.returncode == 1
    assert "concerns fewer than 5 confirmed installations: nothing is published" in few.stderr
    assert read_notices(server.request("GET", "/public/notices.json").body) == (notice,)
    assert _notices(server.data, "").stdout == "No notice is published at /public/notices.json.\n"
    assert "Git goes" not in server.request("GET", "/public").body.decode()


def _confirmed(server: Served, where: str) -> int:
    rows = server.ask("installs", where=where.replace(" ", "%20"))["rows"]
    return next(int(row["installations"]) for row in rows if row["state"] == "confirmed")


@pytest.mark.ci
def test_everybody_gets_the_same_bytes(server: Served) -> None:
    """Whoever asks, and whatever they send: the same bytes, and nothing by which they are known when they ask again."""
    who = [
        {}, {"Cookie": "a=b"}, {"If-None-Match": "*"}, {"Authorization": f"Bearer {server.token}"},
        {"User-Agent": "Buildbot/4.3"}, {"If-Modified-Since": "Mon, 30 Nov 2026 00:00:00 GMT"},
        {"Headcount-Secret": "0" * 64},
    ]  # fmt: skip
    answers = [server.request("GET", "/public/notices.json", headers=headers) for headers in who]
    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    for answer in answers:
        assert not {"etag", "last-modified", "set-cookie", "expires"} & answer.headers.keys()
        assert answer.headers["cache-control"] == "no-store"
    assert server.request("GET", "/public/notices.json?who=me").status == 400


@pytest.mark.ci
def test_a_report_is_receipted_with_what_was_published(server: Served) -> None:
    """A reporter is told how many installations the last publication counts, which is the protected figure."""
    wait_until(lambda: server.request("GET", "/public/api").status == 200, "the week was published")
    wait_until(lambda: server.post("/v1/reports", REPORT).body != b"{}", "reports are receipted")
    table = server.request("GET", "/public/api/installs?by=state").json()
    alive = next(row["installations"] for row in table["rows"] if row["state"] == "alive")
    week = server.request("GET", "/public/api").json()["weeks"][0]
    answered = server.post("/v1/reports", REPORT)
    assert (answered.status, answered.json()) == (202, {"counted": alive, "week": week})


@pytest.mark.ci
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[notice", "the file is no TOML"), ("x = 1", "holds something else than notices"),
        ("notice = 1", "holds something else than notices"), (_file() * 11, "11 are more than 10 notices"),
        (_file("pyhton < 3"), "notice 1: where, character 1: there is no 'pyhton'"),
        (_file("level = full"), "notice 1: level is of a report"),
        (_file(text="two\\nlines"), "notice 1: text is printable"),
        (_file(text="caf\u00e9"), "notice 1: text is printable"), (_file(link=LINK + "?id=1"), "and no query"),
        (_file(link="https://evil.example/"), "a link begins with one of"), (_file(until='"2027-06-30"'), "until is a day"),
        (_file(until=TODAY + timedelta(days=400)), "ends within a year"),
        (_file(until=TODAY - timedelta(days=1)), "ends within"),
        (_file(until="2027-06-30T12:00:00"), "until is a day"), (_file() + "more = 1", "a table [[notice]] has"),
        (_file() + _file(text="x", where="x = 1"), "notice 2: where"),
    ],
)  # fmt: skip
def test_a_file_that_is_off_is_refused(server: Served, text: str, says: str) -> None:
    """With the notice, and what is wrong with it."""
    done = _notices(server.data, text, "--check")
    assert done.returncode == 1
    assert says in done.stderr


def _given(text: str, days: int) -> Given:
    today = date(2026, 11, 30)
    return Given(
        Notice(text, LINK, today + timedelta(days=days), ("is", "plugins", "x"), "Pierre", today), "plugin = Git"
    )


def test_a_notice_that_has_ended_is_no_longer_served(tmp_path: Path) -> None:
    """On its last day it is, and on the next it is not; the others stay."""
    now = datetime(2026, 11, 30, tzinfo=UTC).timestamp()
    path = tmp_path / "notices.json"
    Notices(path, lambda: now).publish([_given("short", 1), _given("long", 30)])
    for days, texts in ((0, ["short", "long"]), (1, ["short", "long"]), (2, ["long"]), (31, [])):
        later = Notices(path, lambda days=days: now + days * 86_400)  # type: ignore[misc]
        assert [notice.text for notice in read_notices(later.served())] == texts
    assert path.stat().st_mode & 0o777 == 0o600


def test_who_set_a_notice_and_when_is_kept(tmp_path: Path) -> None:
    """One that is published again keeps its day; one that was changed has the new one."""
    now = datetime(2026, 11, 30, tzinfo=UTC).timestamp()
    notices = Notices(tmp_path / "notices.json", lambda: now)
    notices.publish([_given("a", 9), _given("b", 9)])
    later = date(2026, 12, 2)
    notices.publish([
        Given(Notice(**{**vars(_given(text, 9).notice), "since": later}), "plugin = Git") for text in ("a", "c")
    ])  # fmt: skip
    assert [(each.notice.text, each.notice.since.day) for each in notices.listed()] == [("a", 30), ("c", 2)]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"served": "x", "where": []}', json.dumps({"served": 1, "where": 1})]
)
def test_a_damaged_file_holds_no_notices(tmp_path: Path, content: str) -> None:
    """Reporters get none, the doctor says so, and the next ones that are published take its place."""
    path = tmp_path / "notices.json"
    path.write_text(content)
    notices = Notices(path, lambda: datetime(2026, 11, 30, tzinfo=UTC).timestamp())
    assert read_notices(notices.served()) == ()
    with pytest.raises(DamagedNotices, match="holds no notices: publish them again, or delete it"):
        notices.read()
    notices.publish([_given("a", 9)])
    assert len(notices.listed()) == 1


def test_a_backup_holds_the_notices(tmp_path: Path) -> None:
    """They are put back where they are missing; what is there is newer, and stays."""
    data, other = DataDirectory(tmp_path / "data"), DataDirectory(tmp_path / "other")
    for directory in (data, other):
        directory.path.mkdir()
    Notices(data.notices, lambda: 0).publish([_given("a", 9)])
    kept = {"notices.json": data.notices.read_bytes()}
    assert read_companions(data) == missing(other, kept) == kept
    assert missing(data, kept) == {}
