"""The name of a collector, and what it gets of an installation's identity."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from headcount.client._collector import canonical, id_for, is_name, secret_for
from headcount.contract import INSTALL_ID, SECRET

LINE = "5" * 64


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("HTTPS://Headcount.Example.ORG", "https://headcount.example.org"),
        ("https://headcount.example.org:443/", "https://headcount.example.org"),
        ("https://headcount.example.org:8443//", "https://headcount.example.org:8443"),
        ("https://headcount.example.org/Sub/path/", "https://headcount.example.org/Sub/path"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:443", "http://localhost:443"),
        ("http://[0:0::1]:8010/", "http://[::1]:8010"),
        ("https://a..b.example", "https://a..b.example"),
        ("the collector of Example", "the collector of Example"),
        ("https://h.example/?a=b", "https://h.example/?a=b"),
        ("https://h.example:x", "https://h.example:x"),
    ],
)
def test_a_url_has_one_form(url: str, form: str) -> None:
    """However it is written; a name that is no url stays as it is."""
    assert canonical(url) == form
    assert canonical(form) == form


def test_a_collector_gets_a_secret_of_its_own() -> None:
    """It is the HMAC that `openssl dgst -sha256 -hmac` computes, and in the form of a secret."""
    one, two = secret_for("https://one.example", LINE), secret_for("https://two.example", LINE)
    assert one == hmac.new(LINE.encode(), b"https://one.example", hashlib.sha256).hexdigest()
    assert len({one, two, LINE}) == 3
    assert SECRET.fullmatch(one)


def test_a_collector_gets_an_id_of_its_own() -> None:
    """It is no part of the secret, even where one line were used for both."""
    one, two = id_for("https://one.example", LINE), id_for("https://two.example", LINE)
    assert INSTALL_ID.fullmatch(one)
    assert one != two
    assert not secret_for("https://one.example", LINE).startswith(one)


@pytest.mark.parametrize(
    ("value", "right"),
    [("x", True), ("ü " * 100, True), ("", False), ("x" * 201, False), ("a\nb", False), (b"x", False), (7, False)],
)
def test_a_name_is_printable_text(value: object, right: bool) -> None:
    """Of at most 200 characters."""
    assert is_name(value) is right
