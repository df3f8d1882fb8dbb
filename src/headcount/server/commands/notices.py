"""``notices``: what maintainers tell masters, from their file to what reporters read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import tomllib

from headcount._refused import Refused
from headcount.contract import MOST_NOTICES, Notice, write_notices
from headcount.questions import BadQuestion, Query, notice_condition
from headcount.server.data.notices import Given
from headcount.server.data.opened import OpenData

_KEYS = ("where", "text", "link", "until", "by")
_LOOKS = (
    'a table [[notice]] has where = "plugin = CVS", text = "…", link = "https://…", until = 2027-06-30 and by = "…"'
)


def notices(data: OpenData, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Publish the notices of ``file``, its text, in the place of those before; with ``check`` change nothing.

    Returns of each its ``text``, ``where``, ``until`` and how many confirmed installations it ``concerns``. Raises `Refused`
    where one is not as it must be, or would be published though it concerns fewer than *k*.
    """
    given = _read(arguments["file"], data.notices.today())
    data.own()
    data.catch_up()
    concerned = [_concerned(data, each.where) for each in given]
    if not arguments["check"]:
        for number, (each, count) in enumerate(zip(given, concerned, strict=True), 1):
            if count < data.k:
                raise Refused(
                    f"notice {number}, of {each.where!r}, concerns fewer than {data.k} confirmed installations: nothing is "
                    "published."
                )
        data.notices.publish(given)
    return [
        {"text": each.notice.text, "where": each.where, "until": each.notice.until.isoformat(), "concerns": count}
        for each, count in zip(given, concerned, strict=True)
    ]


def _read(text: str, today: date) -> list[Given]:
    """Return the notices of a file. Raises `Refused`, which names the notice."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"the file is no TOML: {error}.") from error
    listed = tables.pop("notice", [])
    if tables or not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Refused(f"the file holds something else than notices: {_LOOKS}.")
    if len(listed) > MOST_NOTICES:
        raise Refused(f"{len(listed)} are more than {MOST_NOTICES} notices.")
    given = [_notice(number, table, today) for number, table in enumerate(listed, 1)]
    try:
        write_notices(each.notice for each in given)
    except ValueError as error:
        raise Refused(f"{error}.") from error
    return given


def _notice(number: int, table: Mapping[str, Any], today: date) -> Given:
    try:
        return _given(table, today)
    except ValueError as error:  # a BadQuestion too
        raise Refused(f"notice {number}: {error}.") from error


def _given(table: Mapping[str, Any], today: date) -> Given:
    where, until = table.get("where"), table.get("until")
    if set(table) != set(_KEYS) or not isinstance(where, str):
        raise ValueError(_LOOKS)
    if not isinstance(until, date) or isinstance(until, datetime):
        raise ValueError("until is a day such as 2027-06-30, without quotes")  # noqa: TRY004  # all are told alike
    notice = Notice(table["text"], table["link"], until, notice_condition(where), table["by"], today)
    write_notices([notice])
    return Given(notice, where.strip())


def _concerned(data: OpenData, where: str) -> int:
    """Return how many confirmed installations a condition is true of."""
    try:
        rows = data.answers.ask(Query("installs", where=where)).rows
    except BadQuestion as error:
        raise Refused(f"{error}.") from error
    return next(int(row["installations"] or 0) for row in rows if row["state"] == "confirmed")
