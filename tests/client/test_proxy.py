"""Which proxy a report goes through."""

from __future__ import annotations

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
