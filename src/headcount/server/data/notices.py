"""The notices of maintainers in a data directory: one file, with what is served and of whom each is, as it was written."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from headcount._disk import write_durably
from headcount.contract import Notice, read_notices, write_notices

logger = logging.getLogger(__name__)


class DamagedNotices(ValueError):
    """The file holds something else; the message says what to do."""


class Given(NamedTuple):
    """A notice, and ``where``: its condition as it was written."""

    notice: Notice
    where: str


class Notices:
    """The notices in a file, which is read anew each time. Safe in any thread; one process at a time changes it."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        """Where there is no file, there are none. ``now`` gives Unix time."""
        self._path = path
        self._now = now

    def today(self) -> date:
        """Return the day, UTC."""
        return datetime.fromtimestamp(self._now(), UTC).date()

    def listed(self) -> Sequence[Given]:
        """Return those that have not ended; none where the file is damaged, which the log says. Raises OSError."""
        today = self.today()
        return [given for given in self._read() if given.notice.until >= today]

    def served(self) -> bytes:
        """Return those that have not ended as a reporter reads them. Raises OSError."""
        return write_notices(given.notice for given in self.listed())

    def publish(self, given: Sequence[Given]) -> None:
        """Put these in the place of those that are there. Raises OSError, and ValueError where no reporter would read them.

        One that was there as it is now keeps the day on which it was set.
        """
        before = {(each.notice.text, each.notice.link, each.notice.until, each.notice.setter, each.where): each.notice.since
                  for each in self._read()}  # fmt: skip
        kept = []
        for notice, where in given:
            since = before.get((notice.text, notice.link, notice.until, notice.setter, where), notice.since)
            kept.append(Notice(**{**vars(notice), "since": since}))
        value = {"served": write_notices(kept).decode("ascii"), "where": [each.where for each in given]}
        write_durably(self._path, (json.dumps(value, indent=1) + "\n").encode())

    def _read(self) -> list[Given]:
        try:
            return self.read()
        except DamagedNotices as error:
            logger.error("%s", error)  # noqa: TRY400  # no trace of use
            return []

    def read(self) -> list[Given]:
        """Return all, ended or not. Raises `DamagedNotices` and OSError."""
        try:
            value = json.loads(self._path.read_bytes())
            notices = read_notices(value["served"].encode("ascii"))
            return [Given(notice, str(where)) for notice, where in zip(notices, value["where"], strict=True)]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DamagedNotices(f"{self._path.name} holds no notices: publish them again, or delete it") from None
