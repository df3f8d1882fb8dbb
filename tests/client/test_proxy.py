"""Which proxy a report goes through."""

from __future__ import annotations

import os
import urllib.request
from urllib.parse import urlsplit

import pytest

from headcount.client._proxy import CannotUse, proxy_for

HTTPS, HTTP, ALL = "http://p.example:1", "http://q.example:2", "http://r.example:3"


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({"https_proxy": HTTPS, "http_proxy": HTTP, "all_proxy": ALL}, "p.example"),
        ({"http_proxy": HTTP, "all_proxy": ALL}, "q.example"),
        ({"ALL_PROXY": ALL}, "r.example"),
        ({"HTTPS_PROXY": HTTPS}, "p.example"),
        ({"https_proxy": "", "http_proxy": HTTP}, "q.example"),
        ({"https_proxy": "p.example:1"}, "p.example"),
        ({"https_proxy": HTTPS, "no_proxy": "example.com, headcount.example.org"}, None),
        ({"https_proxy": HTTPS, "no_proxy": ".example.org"}, None),
        ({"https_proxy": HTTPS, "NO_PROXY": "*"}, None),
        ({"https_proxy": HTTPS, "no_proxy": "other.org"}, "p.example"),
        ({}, None),
    ],
)
def test_a_configured_proxy_is_never_gone_around(environment: dict[str, str], host: str | None) -> None:
    """For https also `http_proxy`: the announcement promises that it prevents sending."""
    proxy = proxy_for("https://headcount.example.org/sub", environment)
    assert (None if proxy is None else proxy.host) == host


def test_this_machine_needs_no_proxy() -> None:
    """As every program has it."""
    assert proxy_for("https://127.0.0.1:1", {"all_proxy": ALL}) is None


def test_credentials_are_decoded_for_the_header() -> None:
    """RFC 7617: base64 of user and password, which a URL has percent-encoded."""
    proxy = proxy_for("https://h.org", {"https_proxy": "http://us%40er:p%3Aw@p.example:3128"})
    assert proxy == ("p.example", 3128, {"Proxy-Authorization": "Basic dXNAZXI6cDp3"})


@pytest.mark.parametrize("value", ["socks5://p:1", "https://p:1", "http://:1", "http://p:port", "http://[::1"])
def test_a_proxy_that_cannot_be_used_stops_the_report(value: str) -> None:
    """It is not gone around; the message names the setting, and not the value, which may hold a password."""
    with pytest.raises(CannotUse, match="https_proxy must name an HTTP proxy") as error:
        proxy_for("https://h.org", {"https_proxy": value})
    assert value not in str(error.value)


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({"Https_Proxy": HTTPS}, "p.example"),
        ({"https_PROXY": HTTPS, "http_proxy": HTTP}, "p.example"),
        ({"hTTP_pROXY": HTTP}, "q.example"),
        ({"All_Proxy": ALL}, "r.example"),
        ({"HTTPS_PROXY": HTTP, "https_proxy": HTTPS}, "p.example"),
        ({"https_proxy": HTTPS, "Https_Proxy": HTTP}, "p.example"),
        ({"HTTPS_PROXY": HTTPS, "https_proxy": ""}, None),
        ({"https_proxy": HTTPS, "No_Proxy": "example.org"}, None),
        ({"https_proxy": HTTPS, "NO_PROXY": "*", "no_proxy": "other.org"}, "p.example"),
        ({"https_proxy": HTTPS, "NO_PROXY": "*", "no_proxy": ""}, "p.example"),
    ],
)
def test_names_count_in_any_case_of_letters(
    environment: dict[str, str], host: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `urllib` counts them, and so stock Buildbot and most programs in Python."""
    proxy = proxy_for("https://headcount.example.org", environment)
    assert (None if proxy is None else proxy.host) == host
    monkeypatch.setattr(os, "environ", environment)
    theirs = urllib.request.getproxies_environment()
    kinds = [kind for kind in ("https", "http", "all") if kind in theirs]
    exempt = urllib.request.proxy_bypass_environment("headcount.example.org")  # type: ignore[attr-defined]  # no stub
    assert (None if exempt or not kinds else urlsplit(theirs[kinds[0]]).hostname) == host


@pytest.mark.parametrize(
    "value",
    ["http://klaus:1234/x@proxy.example:3128", "klaus:1234/x@proxy.example", "http://klaus:12?x@proxy.example",
     "http://klaus:12#x@proxy.example", "http://kl/aus:1234@proxy.example", "http://klaus:12/3/4@proxy.example/"],
)  # fmt: skip
def test_a_password_with_an_unescaped_slash_makes_no_host_of_the_user(value: str) -> None:
    """Nobody is asked where `klaus` is, and the message holds nothing of the value."""
    with pytest.raises(CannotUse) as error:
        proxy_for("https://h.org", {"https_proxy": value})
    assert str(error.value) == "https_proxy must name an HTTP proxy, such as http://proxy.example.org:3128"


def test_a_path_of_a_proxy_says_nothing() -> None:
    """Many write a slash at the end."""
    assert proxy_for("https://h.org", {"https_proxy": "http://u:p@p.example:3128/"}) is not None
