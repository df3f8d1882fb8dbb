"""The log of what was asked, with a clock that the test sets."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headcount.server.data.question_log import ASKED_DAYS, QuestionLog

START = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
DAY = 86_400


def _asked(path: Path) -> list[str]:
    return [json.loads(line)["who"] for line in path.read_text().splitlines()]


def test_what_was_asked_is_kept_for_a_year(tmp_path: Path) -> None:
    """By the line, in every file of it; it goes on after that, and nobody else can read it."""
    now = START
    path, older = tmp_path / "asked.log", tmp_path / "asked.log.1"
    with closing(QuestionLog(path, lambda: now)) as asked:
        for day in range(3):
            now = START + day * DAY
            asked.note(f"day {day}", "installs", {})
        older.write_bytes(path.read_bytes().replace(b"day 2", b"cut")[:-20])
        asked.expire()
        assert _asked(path) == ["day 0", "day 1", "day 2"]
        now = START + (ASKED_DAYS + 1) * DAY
        asked.expire()
        assert (_asked(path), _asked(older)) == (["day 1", "day 2"], ["day 1"])
        asked.note("later", "installs", {})
        assert _asked(path) == ["day 1", "day 2", "later"]
        assert path.stat().st_mode & 0o077 == 0
        now += 2 * DAY
        asked.expire()
        assert _asked(path) == ["later"]
        assert not older.exists()


def test_what_cannot_be_written_down_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line of the log, without what was asked; the answer is given, and the next one is written down."""
    path = tmp_path / "gone" / "asked.log"
    with closing(QuestionLog(path, lambda: START)) as asked:
        asked.note("operator", "installs", {"where": "secret"})
        assert [record.getMessage() for record in caplog.records] == [
            "what was asked could not be written down: FileNotFoundError"
        ]
        path.parent.mkdir()
        asked.note("operator", "installs", {})
    assert _asked(path) == ["operator"]
    assert capsys.readouterr().err == ""
