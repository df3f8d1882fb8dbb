"""Lines of history: what is remembered of those before changes nothing of what is read."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import REPORTS_PATH
from headcount.ingest import Pseudonymizer
from headcount.ingest._history import HistoryReader
from tests.support import captures
from tests.support.reports import ENVELOPE, REPORT

SECRET = "c3" * 32


def _history() -> HistoryReader:
    return HistoryReader(Pseudonymizer(b"k" * 32))


def _line(number: int, secret: str | None = None, **changes: Any) -> bytes:
    envelope = {**ENVELOPE, "report": f"{number:032x}", **changes.pop("headcount", {})}
    report = {**copy.deepcopy(REPORT), "installid": f"{number:040x}", "headcount": envelope, **changes}
    line = {"@timestamp": f"2026-10-{number:02d}T12:00:00Z", "path": REPORTS_PATH, "report": report, "secret": secret}
    return json.dumps(line).encode()


def _stock(body: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({"@timestamp": 1_790_000_000_000, "host": "leaky.example", **body, **changes}).encode()


@pytest.mark.parametrize(
    "lines",
    [
        [_line(1), _line(2), _line(2, SECRET), _line(2, SECRET, db="mysql")],
        [_line(1), _line(2, installid=None), _line(3, installid="no id"), _line(4, headcount={"report": "short"})],
        [_line(1), _line(2, headcount={"reason": "periodic", "every": 7}), _line(3, headcount={"every": 1000})],
        [_line(1), _line(2, headcount={"schema": 2}, new="field"), _line(3, new="field")],
        *[
            [_stock(body), _stock(body, installid="f0" * 20), _stock(body, installid=7), _stock(body, buggySSL=True)]
            for _, body in captures.reports()
        ],
    ],
)
def test_a_line_is_read_alike_after_others(lines: list[bytes]) -> None:
    """By a reader that read others before, twice, and by one that read nothing."""
    after = _history().read([*lines, *lines])
    alone = [_history().read([line]) for line in lines]
    assert after.arrivals == 2 * [one for taken in alone for one in taken.arrivals]
    assert [error.why for error in after.errors] == 2 * [error.why for taken in alone for error in taken.errors]


def test_a_line_that_is_written_otherwise_is_read_alike() -> None:
    """In another order, with spaces, beside other keys, with escapes, with a report twice: the last one counts."""
    for line in (_line(1), _line(2, SECRET), _line(3, installid=None)):
        value = json.loads(line)
        compact = json.dumps(value, separators=(",", ":"))
        first = compact.replace('"report":{"', '"report":{"installid":"","x":{"a":[{}]}},"report":{"', 1)
        others = [
            json.dumps(dict(reversed(value.items()))),
            json.dumps({**value, "beside": {"secret": "x"}}),
            compact,
            f" {compact} \n",
            compact.replace('"2026', '"\\u0032026'),
            first,
        ]
        expected = _history().read([line])
        for other in others:
            assert _history().read([other.encode()]) == expected, other
            assert _history().read([line, other.encode()]).arrivals == 2 * expected.arrivals, other


def test_what_only_looks_like_a_report_is_none() -> None:
    """A line whose middle is no object, also beside one that is known."""
    good = json.dumps(json.loads(_line(1)), separators=(",", ":")).encode()
    cut = good.replace(b'"report":{', b'"report":{]', 1)
    found = _history().read([good, cut, good[:-1], good + b"x"])
    assert (len(found.arrivals), [error.line for error in found.errors]) == (1, [1, 2, 3])


def test_what_is_nested_too_deep_or_has_an_odd_secret_is_one_wrong_line() -> None:
    """It ends no import: those beside it are taken."""
    deep = b'{"@timestamp": 1790000000000, "versions": ' + b"[" * 400 + b"]" * 400 + b"}"
    value = json.loads(_line(2))
    odd = [json.dumps({**value, "secret": secret}).encode() for secret in (7, "short", ["c3" * 32])]
    found = _history().read([deep, _line(1), *odd])
    assert (len(found.arrivals), [error.line for error in found.errors]) == (1, [0, 2, 3, 4])


@pytest.mark.parametrize(
    ("stamp", "received"),
    [
        ("1969-12-31T23:00:00Z", None), ("0001-01-01", None), ("1999-12-31T23:59:59.999Z", None), (-1, None), (0, None),
        (946_684_799_999, None), ("2000-01-01T01:00:00+02:00", None), ("2106-02-07T06:28:16Z", None), ("9999-12-31", None),
        (10**30, None), ("2000-01-01", 946_684_800), (946_684_800_000, 946_684_800),
        ("2000-01-01T01:30:00+01:00", 946_686_600), ("2106-02-07T06:28:15.9Z", 2**32 - 1),
    ],
)  # fmt: skip
def test_a_time_at_which_nobody_reported_is_a_wrong_line(stamp: object, received: int | None) -> None:
    """Before 2000, or so late that it cannot be stored; the lines beside it are taken."""
    lines = [_line(1), json.dumps({**json.loads(_line(2)), "@timestamp": stamp}).encode(), _line(3)]
    found = _history().read(lines)
    times = [arrival.received for arrival in found.arrivals]
    if received is None:
        assert [(error.line, error.why.split()[0]) for error in found.errors] == [(1, "@timestamp:")]
        assert len(times) == 2
    else:
        assert (found.errors, times[1]) == ([], received)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@timestamp", "path", "report", "secret", "_source", "hits", "headcount", "installid", "plugins", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@pytest.mark.ci
@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(JSON.map(lambda value: json.dumps(value).encode()), st.binary(max_size=30)), max_size=8))
def test_no_line_stops_those_after_it(lines: list[bytes]) -> None:
    """Whatever it is: JSON of any shape, or bytes."""
    found = _history().read([*(line.replace(b"\n", b"") for line in lines), _line(1)])
    assert found.arrivals[-1:] == _history().read([_line(1)]).arrivals
    assert len(lines) not in {error.line for error in found.errors}
