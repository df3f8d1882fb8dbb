"""The log's lines."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from headcount.server._logs import JsonLines, Text, redact

PRIVATE = [
    "203.0.113.77",
    "2001:db8::17",
    "fe80:0:0:0:1:2:3:4",
    "::ffff:1",
    "a" * 40,
    "0123456789abcdef" * 4,
    "Bearer abc.DEF_1",
    "token=x-y_z",
    "klaus.example+x@corp.example.com",
]


@pytest.mark.parametrize("private", PRIVATE)
def test_what_is_private_is_cut_out(private: str) -> None:
    """Addresses, ids, tokens and mail addresses, wherever they stand in a message."""
    text = redact(f"while ({private}), at 4.3.0 in warehouse.duckdb:12")
    assert private not in text
    assert text == "while ([redacted]), at 4.3.0 in warehouse.duckdb:12"


def test_credentials_in_an_address_are_cut_out() -> None:
    """The address stays."""
    assert redact("postgresql://klaus:pw@db/x") == "postgresql://[redacted]db/x"


def _record() -> logging.LogRecord:
    try:
        int("the project Manhattan")
    except ValueError:
        failed = sys.exc_info()
    return logging.LogRecord("headcount", logging.ERROR, __file__, 1, "from %s", ("10.1.2.3",), failed)


def test_an_exception_is_its_type_and_its_places() -> None:
    """Its message may hold what was sent; so may what it was raised from."""
    line = JsonLines().format(_record())
    entry = json.loads(line)
    assert entry["exception"] == "ValueError"
    assert entry["message"] == "from [redacted]"
    assert entry["level"] == "error"
    assert entry["at"][0].endswith(" _record")
    assert "\n" not in line
    text = Text().format(_record())
    assert "(ValueError)" in text
    assert "Manhattan" not in line + text
