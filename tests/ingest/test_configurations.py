"""Configurations that were read before: remembered or not, a body is read alike."""

from __future__ import annotations

import copy
import json
import tracemalloc
from typing import Any

import pytest

from headcount.contract import Arrival, InvalidReport
from headcount.ingest import Meters, Pseudonymizer
from headcount.ingest._configurations import _EACH, Configurations, read_text
from headcount.ingest._reader import Sent, Taking
from tests.support import captures
from tests.support.reports import ENVELOPE, REPORT

_CROSSED = ((b"?", b"a1" * 20), (b"a1" * 20, b"?"))
INSTALL, ID, SECRET = "a1" * 20, "b2" * 16, "c3" * 32


def _taking() -> Taking:
    return Taking(Pseudonymizer(b"k" * 32), Meters())


def _body(install: str = INSTALL, report: str = ID, **changes: Any) -> bytes:
    body = {**copy.deepcopy(REPORT), "installid": install, **changes}
    return json.dumps({**body, "headcount": {**ENVELOPE, "report": report}}).encode()


def _take(taking: Taking, body: bytes, *, ours: bool = True, secret: str | None = None) -> Any:
    found: list[Any] = []
    taking.take(Sent(body, "", 1_790_000_000, ours, secret), found.append)
    return found[0]


def _is_remembered(taking: Taking, body: bytes, *, ours: bool = True) -> bool:
    text = read_text(body, ours=ours)
    return text is not None and taking._configurations.find(text) is not None


def test_what_is_remembered_changes_no_arrival() -> None:
    """The second of two bodies, which differ in their ids, arrives as it would have done alone."""
    taking = _taking()
    _take(taking, _body())
    for install, report, secret in [
        ("d4" * 20, "e5" * 16, None),
        (INSTALL, "f6" * 16, SECRET),
        ("a7" * 20, ID, SECRET),
    ]:
        body = _body(install, report)
        assert _is_remembered(taking, body)
        assert _take(taking, body, secret=secret) == _take(_taking(), body, secret=secret)


def test_every_capture_of_stock_arrives_alike() -> None:
    """Sent again under another id, and with its note that it was sent before."""
    taking = _taking()
    for _, body in captures.reports():
        for install in (body["installid"], "0f" * 20):
            for changes in ({}, {"buggySSL": True}):
                data = json.dumps({**body, "installid": install, **changes}).encode()
                assert _take(taking, data, ours=False) == _take(_taking(), data, ours=False)


def test_one_value_makes_another_configuration() -> None:
    """Whatever of a body is not one of its ids counts."""
    taking = _taking()
    first = _take(taking, _body())
    other = _body(db="mysql")
    assert not _is_remembered(taking, other)
    assert _take(taking, other).profile != first.profile


def test_our_body_and_stocks_are_two() -> None:
    """The same bytes to the two endpoints are read by two sets of rules."""
    taking = _taking()
    _take(taking, _body())
    assert not _is_remembered(taking, _body(), ours=False)
    assert _take(taking, _body(), ours=False) == _take(_taking(), _body(), ours=False)


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
    taking = _taking()
    for install, report in [(INSTALL, ID), ("d4" * 20, "e5" * 16), (INSTALL, ID)]:
        body = decoy(_body().replace(INSTALL.encode(), install.encode()).replace(ID.encode(), report.encode()))
        for data in (_body(install, report), body):
            taken, alone = _take(taking, data, ours=ours), _take(_taking(), data, ours=ours)
            assert type(taken) is type(alone)
            if isinstance(taken, InvalidReport):
                assert taken.problems == alone.problems
            else:
                assert isinstance(taken, Arrival)
                assert taken == alone


def test_two_bodies_are_not_one_that_join_alike() -> None:
    """What stands before an id in one body may be what stands before another place in the next: their rests differ."""
    taking = _taking()
    one, other = (b'{"x": {"installid": "%s"}, "db": "sqlite", "installid": "%s"}' % ids for ids in _CROSSED)
    for body in (one, other):
        assert _take(taking, body, ours=False) == _take(_taking(), body, ours=False)


def test_what_is_remembered_takes_no_more_than_is_counted() -> None:
    """The memory that Python says was taken, for many configurations."""
    taking = _taking()
    bodies = [_body(db=f"db{number}", mq="wamp") for number in range(2000)]
    contents = [_body(versions={"Buildbot": "4.3.0", "Python": f"3.11.{number}"}) for number in range(1000)]
    for body in (*bodies[:100], *contents[:100]):  # what is made once is made before
        _take(taking, body)
    tracemalloc.start()
    taking._configurations = Configurations(Pseudonymizer(b"k" * 32))
    for body in contents[100:]:
        _take(taking, body)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taking._configurations._known.currsize > 0.8 * taken


def test_what_is_remembered_is_bounded() -> None:
    """By the bytes of what is remembered; what was not said for longest is forgotten."""
    taking = _taking()
    one = _take(taking, _body())
    taking._configurations = Configurations(Pseudonymizer(b"k" * 32), 3 * (len(one.content) + _EACH) + 100)
    bodies = [_body(db=db) for db in ("sqlite", "mysql", "postgresql", "oracle")]
    for body in bodies:
        _take(taking, body)
    assert [_is_remembered(taking, body) for body in bodies] == [False, True, True, True]


def test_scrubbed_values_are_counted_each_time() -> None:
    """Remembered or not, a value that was not public counts."""
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    taking = Taking(Pseudonymizer(b"k" * 32), Meters(registry))
    for number in range(3):
        _take(taking, _body(f"{number:02x}" * 20, db="cornerdb"))
    assert registry.get_sample_value("headcount_scrubbed_values_total", {"field": "db"}) == 3
