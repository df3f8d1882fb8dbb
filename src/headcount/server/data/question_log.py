"""The log of questions: maintainers see true counts under conditions of their own, and what they asked leaves a trace."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from headcount._disk import write_durably

logger = logging.getLogger(__name__)

ASKED_DAYS = 365
"""For so many days a question stays in the log."""


class QuestionLog:
    """A file for each UTC day, of lines of JSON, that only its owner can read. Safe in any thread.

    A line leaves it by its age alone: whoever asks much makes it longer, and never makes it forget. How much one person can
    ask is limited elsewhere, and so is what stands in a line: each parameter is one that was answered.
    """

    def __init__(self, directory: Path, now: Callable[[], float]) -> None:
        """``directory``: where the files are, made when it is first needed; ``now`` gives Unix time."""
        self._directory = directory
        self._now = now
        self._expired = ""
        self._writing = threading.Lock()

    def note(self, who: str, what: str, parameters: Mapping[str, str], *, refused: bool = False) -> None:
        """Write down that ``who`` asked a question or opened a page, ``what``.

        ``who``: the id of a token or account, or ``operator``.
        ``refused``: it could not be asked so. Where nothing can be written, that is logged.
        """
        moment = datetime.fromtimestamp(self._now(), UTC)
        entry: dict[str, object] = {"time": moment.isoformat(timespec="seconds"), "who": who, "asked": what}
        entry |= {"refused": True} if refused else {"parameters": dict(parameters)}
        try:
            self._append(moment.date(), json.dumps(entry).encode() + b"\n")
        except OSError as error:  # without the line, which names what was asked
            logger.error("what was asked could not be written down: %s", type(error).__name__)  # noqa: TRY400

    def expire(self, before: date | None) -> None:
        """Remove the days before one, once for each; None: nothing may go now. Raises OSError."""
        if before is None or (oldest := before.isoformat()) == self._expired:
            return
        for path in self._directory.glob("????-??-??.jsonl"):
            if path.stem < oldest:
                path.unlink()
        self._expired = oldest

    def adopt(self, old: Path) -> None:
        """Take over the lines of a file in which an older version held those of all days; what was typed is left out.

        Where that cannot be written now it is logged, and the file stays for the next try.
        """
        try:
            days: dict[date, bytes] = {}
            with old.open("rb") as lines:
                for line in lines:
                    entry = _without_parameters(line)
                    if entry is not None:
                        day, text = entry
                        days[day] = days.get(day, b"") + text
            with self._writing:
                self._directory.mkdir(mode=0o700, exist_ok=True)
                for day, text in days.items():
                    path = self._directory / f"{day.isoformat()}.jsonl"
                    there = path.read_bytes() if path.exists() else b""
                    if not there.startswith(text):  # else an earlier try wrote it
                        write_durably(path, text + there)
            old.unlink()
        except OSError as error:
            logger.error("the log of questions of an earlier version is not taken over yet: %s", type(error).__name__)  # noqa: TRY400

    def _append(self, day: date, line: bytes) -> None:
        """Append a line whole, or not at all."""
        with self._writing:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            path = self._directory / f"{day.isoformat()}.jsonl"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                if os.write(descriptor, line) < len(line):  # the disk is full
                    os.ftruncate(descriptor, size)
                    raise OSError("no room for the line")
            finally:
                os.close(descriptor)


def _without_parameters(line: bytes) -> tuple[date, bytes] | None:
    """Return the day of a line, and the line without what was typed, a token perhaps; None where it is damaged."""
    try:
        entry = json.loads(line)
        day = datetime.fromisoformat(entry["time"]).date()
        return day, json.dumps({name: str(entry[name]) for name in ("time", "who", "asked")}).encode() + b"\n"
    except (ValueError, KeyError, TypeError):
        return None
