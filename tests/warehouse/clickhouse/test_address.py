"""The URL of a warehouse: what it names, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from headcount.warehouse.clickhouse import FORM, Address, read_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("clickhouse://ann@db.example.org:9001/usage", Address("db.example.org", 9001, "ann", "usage")),
        ("clickhouse://db.example.org/usage", Address("db.example.org", 9000, "default", "usage")),
        ("clickhouse://a%40b@h/u?cluster=two", Address("h", 9000, "a@b", "u", "two")),
        ("clickhouse://h/u?cluster=two&replicas=yes", Address("h", 9000, "default", "u", "two", replicas=True)),
        ("clickhouse://a%3Ab%2Fc@h/u", Address("h", 9000, "a:b/c", "u")),
        ("clickhouse://[::1]:9001/usage", Address("::1", 9001, "default", "usage")),
    ],
)
def test_a_url_names_an_address(url: str, address: Address) -> None:
    """With what is left out as it usually is; and the address reads as a URL that names it."""
    assert read_address(url) == address
    assert read_address(str(address)) == address


def test_secrets_and_tls_come_from_the_settings() -> None:
    """The password is in no text of the address; who names certificates wants TLS."""
    address = read_address("clickhouse://ann@h/u", "hunter2", Path("/ca.pem"))
    assert (address.password, address.ca, address.tls) == ("hunter2", Path("/ca.pem"), True)
    assert "hunter2" not in f"{address}{address!r}{address.at('other', 1)!r}"
    assert address.at("other", 1).password == "hunter2"
    assert read_address("clickhouse://h/u", tls=True).tls


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", FORM),
        ("clickhouse://", FORM),
        ("https://h/u", FORM),
        ("clickhouse://h/u#x", FORM),
        ("clickhouse://h:port/u", FORM),
        ("clickhouse://h:99999/u", FORM),
        ("clickhouse://[::1/u", FORM),
        ("clickhouse://h/u?cluster", FORM),
        ("clickhouse://h", "names no database"),
        ("clickhouse://h/u/v", "names no database"),
        ("clickhouse://h/drop-it", "names no database"),
        ("clickhouse://h/u;DROP", "names no database"),
        ("clickhouse://h/u?cluster=a'b", "no cluster of letters"),
        ("clickhouse://h/u?cluster=two&replicas=no", "replicas="),
        ("clickhouse://h/u?replicas=yes", "replicas="),
        ("clickhouse://h/u?secure=1", "unknown, secure"),
        ("clickhouse://ann:hunter2@h/u", "holds a password"),
    ],
)
def test_a_url_that_cannot_be_read_is_said_in_a_sentence(url: str, says: str) -> None:
    """Without what stands in it: it may be a secret that came there by mistake."""
    with pytest.raises(ValueError, match="the URL of the warehouse") as raised:
        read_address(url)
    assert says in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None
