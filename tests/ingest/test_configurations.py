"""Configurations that were read before: remembered or not, a body is read alike."""

from __future__ import annotations

import copy
import json
import tracemalloc
from typing import Any

import pytest

from headcount.contract import Arrival, InvalidReport
from headcount.ingest import Meters, Pseudonymizer
from headcount.ingest._configurations import _EACH, Configurations, fingerprint
from headcount.ingest._reader import BodyReader, Submission
from tests.support import captures
from tests.support.reports import ENVELOPE, REPORT

_CROSSED = ((b"?", b"a1" * 20), (b"a1" * 20, b"?"))
INSTALL, ID, SECRET = "a1" * 20, "b2" * 16, "c3" * 32


def _reader() -> BodyReader:
    return BodyReader(Pseudonymizer(b"k" * 32), Meters())


def _body(install: str = INSTALL, report: str = ID, **changes: Any) -> bytes:
    body = {**copy.deepcopy(REPORT), "installid": install, **changes}
    return json.dumps({**body, "headcount": {**ENVELOPE, "report": report}}).encode()


def _read(reader: BodyReader, body: bytes, *, ours: bool = True, secret: str | None = None) -> Any:
    found: list[Any] = []
    reader.read(Submission(body, None, "", 1_790_000_000, ours, secret), lambda outcome, _: found.append(outcome))
    return found[0]


def _is_remembered(reader: BodyReader, body: bytes, *, ours: bool = True) -> bool:
    key = fingerprint(body, ours=ours)
    return key is not None and reader._configurations.find(key) is not None


def test_what_is_remembered_changes_no_arrival() -> None:
    """The second of two bodies, which differ in their ids, arrives as it would have done alone."""
    reader = _reader()
    _read(reader, _body())
    for install, report, secret in [
        ("d4" * 20, "e5" * 16, None),
        (INSTALL, "f6" * 16, SECRET),
        ("a7" * 20, ID, SECRET),
    ]:
        body = _body(install, report)
        assert _is_remembered(reader, body)
        assert _read(reader, body, secret=secret) == _read(_reader(), body, secret=secret)


def test_every_capture_of_stock_arrives_alike() -> None:
    """Sent again under another id, and with its note that it was sent before."""
    reader = _reader()
    for _, body in captures.reports():
        for install in (body["installid"], "0f" * 20):
            for changes in ({}, {"buggySSL": True}):
                data = json.dumps({**body, "installid": install, **changes}).encode()
                assert _read(reader, data, ours=False) == _read(_reader(), data, ours=False)


def test_one_value_makes_another_configuration() -> None:
    """Whatever of a body is not one of its ids counts."""
    reader = _reader()
    first = _read(reader, _body())
    other = _body(db="mysql")
    assert not _is_remembered(reader, other)
    assert _read(reader, other).profile != first.profile


def test_our_body_and_stocks_are_two() -> None:
    """The same bytes to the two endpoints are read by two sets of rules."""
    reader = _reader()
    _read(reader, _body())
    assert not _is_remembered(reader, _body(), ours=False)
    assert _read(reader, _body(), ours=False) == _read(_reader(), _body(), ours=False)


@pytest.mark.parametrize(
    "decoy",
    [
        lambda body: body.replace(b'{"installid"', b'{"x": {"installid": "%s"}, "installid"' % (b"0" * 40), 1),
        lambda body: body.replace(b'{"installid"', b'{"installid": "%s", "installid"' % (b"0" * 40), 1),
        lambda body: body[:-1] + b', "db": "%s"}' % INSTALL.encode(),
        lambda body: body.replace(b'"installid"', b'"installid\\u0020"', 1),
        lambda body: body.replace(INSTALL.encode(), INSTALL.upper().encode()),
        lambda body: body.replace(b'"installid": ', b'"installid":  '),
        lambda body: body[:-1] + b', "report": "%s"}' % (b"0" * 32),
        lambda body: body[:-1] + b', "installid": "\\u0061%s"}' % INSTALL[1:].encode(),
    ],
    ids=["inside", "twice", "as a value", "another key", "upper case", "two blanks", "another report", "escaped"],
)
@pytest.mark.parametrize("ours", [True, False])
def test_an_id_that_is_none_is_not_taken_for_one(decoy: Any, ours: bool) -> None:
    """Bodies made to confuse are read as a parser reads them, each time, also after others that look like them."""
    reader = _reader()
    for install, report in [(INSTALL, ID), ("d4" * 20, "e5" * 16), (INSTALL, ID)]:
        body = decoy(_body().replace(INSTALL.encode(), install.encode()).replace(ID.encode(), report.encode()))
        for data in (_body(install, report), body):
            arrived, alone = _read(reader, data, ours=ours), _read(_reader(), data, ours=ours)
            assert type(arrived) is type(alone)
            if isinstance(arrived, InvalidReport):
                assert arrived.problems == alone.problems
            else:
                assert isinstance(arrived, Arrival)
                assert arrived == alone


def test_two_bodies_are_not_one_that_join_alike() -> None:
    """What stands before an id in one body may be what stands before another place in the next: their rests differ."""
    reader = _reader()
    one, other = (b'{"x": {"installid": "%s"}, "db": "sqlite", "installid": "%s"}' % ids for ids in _CROSSED)
    for body in (one, other):
        assert _read(reader, body, ours=False) == _read(_reader(), body, ours=False)


def test_what_is_remembered_takes_no_more_than_is_counted() -> None:
    """The memory that Python says was taken, for many configurations."""
    reader = _reader()
    bodies = [_body(db=f"db{number}", mq="wamp") for number in range(2000)]
    contents = [_body(versions={"Buildbot": "4.3.0", "Python": f"3.11.{number}"}) for number in range(1000)]
    for body in (*bodies[:100], *contents[:100]):  # what is made once is made before
        _read(reader, body)
    tracemalloc.start()
    reader._configurations = Configurations(Pseudonymizer(b"k" * 32))
    for body in contents[100:]:
        _read(reader, body)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reader._configurations._known.currsize > 0.8 * taken


def test_what_is_remembered_is_bounded() -> None:
    """By the bytes of what is remembered; what was not said for longest is forgotten."""
    reader = _reader()
    one = _read(reader, _body())
    reader._configurations = Configurations(Pseudonymizer(b"k" * 32), 3 * (len(one.content) + _EACH) + 100)
    bodies = [_body(db=db) for db in ("sqlite", "mysql", "postgresql", "oracle")]
    for body in bodies:
        _read(reader, body)
    assert [_is_remembered(reader, body) for body in bodies] == [False, True, True, True]


def test_scrubbed_values_are_counted_each_time() -> None:
    """Remembered or not, a value that was not public counts."""
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    reader = BodyReader(Pseudonymizer(b"k" * 32), Meters(registry))
    for number in range(3):
        _read(reader, _body(f"{number:02x}" * 20, db="cornerdb"))
    assert registry.get_sample_value("headcount_scrubbed_values_total", {"field": "db"}) == 3
