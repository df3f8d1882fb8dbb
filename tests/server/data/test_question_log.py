"""The log of what was asked, with a clock that the test sets."""

from __future__ import annotations

import json
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from headcount.server.data.question_log import QuestionLog
from tests.support.disks import disk

START = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
DAY = 86_400


def _asked(directory: Path) -> list[str]:
    return [json.loads(line)["who"] for path in sorted(directory.iterdir()) for line in path.read_text().splitlines()]


def test_what_was_asked_goes_by_its_day(tmp_path: Path) -> None:
    """As far as the clock is believed; it goes on after that, and nobody else can read it."""
    now = START
    asked = QuestionLog(tmp_path / "asked", lambda: now)
    for day in range(3):
        now = START + day * DAY
        asked.note(f"day {day}", "installs", {})
    for nothing in (None, date(2026, 1, 1)):
        asked.expire(nothing)
        assert _asked(tmp_path / "asked") == ["day 0", "day 1", "day 2"]
    asked.expire(date(2026, 1, 2))
    assert _asked(tmp_path / "asked") == ["day 1", "day 2"]
    now = START + 3 * DAY
    asked.note("later", "installs", {})
    asked.expire(date(2026, 1, 4))
    assert _asked(tmp_path / "asked") == ["later"]
    (path,) = (tmp_path / "asked").iterdir()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


def test_nobody_makes_it_forget(tmp_path: Path) -> None:
    """However much is asked after a question, its line goes by its age alone."""
    asked = QuestionLog(tmp_path / "asked", lambda: START)
    asked.note("first", "installs", {})
    for _ in range(1000):
        asked.note("flood", "installs", {"where": "x" * 1000})
    asked.expire(date(2026, 1, 1))
    assert _asked(tmp_path / "asked").count("flood") == 1000
    assert _asked(tmp_path / "asked")[0] == "first"


def test_what_was_refused_is_noted_without_its_text(tmp_path: Path) -> None:
    """It may be anything, such as a token."""
    QuestionLog(tmp_path / "asked", lambda: START).note("me", "installs", {"token": "secret"}, refused=True)
    (path,) = (tmp_path / "asked").iterdir()
    assert json.loads(path.read_text()) == {
        "time": "2026-01-01T12:00:00+00:00", "who": "me", "asked": "installs", "refused": True,
    }  # fmt: skip


def test_the_log_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    """Each line by its day, so that it goes as it would have gone, without what was typed, which an older version noted
    whole; what was cut off is dropped.
    """
    old = tmp_path / "asked.log"
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(3)]
    typed = {"asked": "installs", "parameters": {"token": "secret"}}
    lines = [json.dumps({"time": f"{day}T12:00:00+00:00", "who": str(day), **typed}) for day in days]
    old.write_text("\n".join([*lines, lines[0][:30]]))
    asked = QuestionLog(tmp_path / "asked", lambda: START)
    asked.adopt(old)
    assert not old.exists()
    assert _asked(tmp_path / "asked") == [str(day) for day in days]
    assert not any("secret" in path.read_text() for path in (tmp_path / "asked").iterdir())
    asked.expire(date(2026, 1, 2))
    assert _asked(tmp_path / "asked") == [str(day) for day in days[1:]]


def test_a_full_disk_puts_the_log_of_an_older_version_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing fails by it; the next try takes over each line once."""
    with disk(tmp_path / "disk", 1) as small:
        old = small.path / "asked.log"
        times = [START + number * DAY / 8 for number in range(800)]
        lines = [
            {"time": datetime.fromtimestamp(at, UTC).isoformat(), "who": str(at), "asked": "x" * 90} for at in times
        ]
        old.write_text("".join(json.dumps(line) + "\n" for line in lines))
        asked = QuestionLog(small.path / "asked", lambda: START)
        small.fill()
        asked.adopt(old)
        assert "is not taken over yet: OSError" in caplog.text
        small.empty()
        asked.adopt(old)
        assert not old.exists()
        assert _asked(small.path / "asked") == [line["who"] for line in lines]


def test_what_cannot_be_written_down_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line of the log, without what was asked; the answer is given, and the next one is written down."""
    path = tmp_path / "gone" / "asked"
    asked = QuestionLog(path, lambda: START)
    asked.note("operator", "installs", {"where": "secret"})
    assert [record.getMessage() for record in caplog.records] == [
        "what was asked could not be written down: FileNotFoundError"
    ]
    path.parent.mkdir()
    asked.note("operator", "installs", {})
    assert _asked(path) == ["operator"]
    assert capsys.readouterr().err == ""


def test_no_line_is_cut_off_by_a_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is there whole, or not at all."""
    with disk(tmp_path / "disk", 1) as small:
        asked = QuestionLog(small.path / "asked", lambda: START)
        asked.note("before", "installs", {})
        small.fill()
        for _ in range(20):
            asked.note("full", "installs", {"where": "x" * 900})
        assert "what was asked could not be written down" in caplog.text
        small.empty()
        asked.note("after", "installs", {})
        found = _asked(small.path / "asked")
        assert (found[0], found[-1]) == ("before", "after")
