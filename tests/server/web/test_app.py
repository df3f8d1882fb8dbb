"""Who may see what, at which address."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from headcount import dashboard
from tests.support.reports import REPORT
from tests.support.serving import Served, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with an empty data directory."""
    path: Path = tmp_path_factory.mktemp("web")
    with serving(path / "data", path / "stderr") as served:
        yield served


def test_without_the_link_nothing_is_seen(server: Served) -> None:
    """No answer, no page, for no token and for a wrong one: a visitor is led to what is published."""
    cookie = {"Cookie": f"headcount-{server.url.rpartition(':')[2]}=wrong"}
    for headers in ({}, {"Authorization": "Bearer wrong"}, cookie):
        page = server.request("GET", "/", headers=headers)
        assert page.status == (401 if "Authorization" in headers else 303)
        assert page.headers.get("location", "/public") == "/public"
        assert server.request("GET", "/api/ask/installs", headers=headers).status == 401
    wrong = server.request("GET", "/?token=wrong")
    assert wrong.status == 401
    assert b"Open the link" in wrong.body
    assert b"That token opens nothing" in wrong.body


def test_the_link_is_exchanged_for_a_cookie(server: Served) -> None:
    """The token does not stay in the address; the cookie is out of reach of scripts, and opens the page."""
    answered = server.request("GET", f"/?token={server.token}")
    assert (answered.status, answered.headers["location"]) == (303, "/")
    cookie = answered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert server.token not in cookie
    page = server.request("GET", "/", headers={"Cookie": cookie.partition(";")[0]})
    assert page.status == 200
    assert b"No report has come yet" in page.body


def _assert_draws_elsewhere(server: Served) -> None:
    """What draws holds the interpreter: a server that loads it has one report wait for 15 s for one large picture."""
    loaded = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "duckdb" in loaded
    assert "vl_convert" not in loaded


@pytest.mark.ci
def test_two_servers_of_a_host_keep_their_sessions(server: Served, tmp_path: Path) -> None:
    """To a browser all ports of a host are one: who signs in to the second one stays signed in to the first."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with serving(tmp_path / "data", tmp_path / "stderr") as second:
        for one in (server, second):
            assert b"No report has come yet" in browser.open(f"{one.url}/?token={one.token}").read()
        assert browser.open(f"{server.url}/").url == f"{server.url}/"


def test_pages_load_nothing_from_elsewhere(server: Served) -> None:
    """The policy forbids it, and no address of another host is in them."""
    for path in ("/", "/?basis=seen"):
        page = server.request("GET", path, headers={"Authorization": f"Bearer {server.token}"})
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert b"<script" not in page.body
        assert b"//" not in page.body.replace(b"http://www.w3.org/2000/svg", b"").replace(server.url.encode(), b"")
        assert page.headers["x-content-type-options"] == "nosniff"
    _assert_draws_elsewhere(server)
    assert server.request("GET", "/static/headcount.css").status == 200
    assert server.request("GET", "/static/..%2f..%2fpyproject.toml").status == 404
    assert server.request("GET", "/static/other.js").status == 404


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (
            "/api/ask/plugs",
            "there is no question 'plugs' (did you mean plugins?): it is one of installs, versions, upgrades, plugins",
        ),
        ("/api/ask/versions?by=perl", "there is no by of versions 'perl'"),
        ("/api/ask/versions?basis=all", "has the basis alive or confirmed or seen, not 'all'"),
        ("/api/ask/versions?since=2026-01-01", "since goes with the basis seen"),
        ("/api/ask/versions?until=yesterday", "until must be a day such as 2026-10-31, not 'yesterday'"),
        ("/api/ask/versions?when=1", "there is no parameter 'when'"),
        ("/api/ask/versions?where=pythn<3", "where, character 1: there is no 'pythn' (did you mean python?)"),
        ("/api/ask/combinations?by=companions", "combinations by companions asks of a condition: give one with where"),
        ("/api/ask/versions?basis=seen&since=2026-02-01&until=2026-01-01", "is after until"),
    ],
)
def test_a_bad_question_is_told_what_is_wrong(server: Served, path: str, says: str) -> None:
    """400, and how it can be asked."""
    answered = server.request("GET", path, headers={"Authorization": f"Bearer {server.token}"})
    assert answered.status == 400
    assert says in answered.json()["problem"]


def test_an_unknown_basis_of_the_page_is_told(server: Served) -> None:
    """400, with those that there are."""
    answered = server.request("GET", "/?basis=all", headers={"Authorization": f"Bearer {server.token}"})
    assert answered.status == 400
    assert b"alive, confirmed, seen" in answered.body


def test_an_answer_can_be_had_in_every_format(server: Served) -> None:
    """By the API, signed in; each with its media type, and a wrong one told."""
    bearer = {"Authorization": f"Bearer {server.token}"}
    for name, made in dashboard.FORMATS.items():
        answered = server.request("GET", f"/api/ask/versions?by=python&format={name}", headers=bearer)
        assert (answered.status, answered.headers["content-type"]) == (200, made.media_type)
        assert answered.body
    _assert_draws_elsewhere(server)
    wrong = server.request("GET", "/api/ask/versions?format=xls", headers=bearer)
    assert wrong.status == 400
    assert "it is one of table, json, csv, parquet, svg, png" in wrong.json()["problem"]


def test_what_is_no_plugin_is_not_found(server: Served) -> None:
    """404, with a page that suggests what is near; what was typed is not noted."""
    bearer = {"Authorization": f"Bearer {server.token}"}
    missing = server.request("GET", "/plugins/Gitt", headers=bearer)
    assert missing.status == 404
    assert b'href="/plugins/Git"' in missing.body
    moved = server.request("GET", "/plugins/buildbot.steps.source.git.Git", headers=bearer)
    assert (moved.status, moved.headers["location"]) == (303, "/plugins/Git")


def test_a_page_that_cannot_be_asked_so_keeps_the_bar(server: Served) -> None:
    """400 with why, and what was typed, so that it can be mended."""
    answered = server.request("GET", "/?until=2000-01-10", headers={"Authorization": f"Bearer {server.token}"})
    assert (answered.status, answered.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert b"That cannot be asked so" in answered.body
    assert b"must be a day from 2000-01-01" in answered.body
    assert b'<input type="date" name="until" value="2000-01-10">' in answered.body
    assert b'href="/versions"' in answered.body


def test_a_picture_of_too_much_is_refused(server: Served) -> None:
    """400 with what to do, in the API; its figures can be had, and a page has them."""
    bearer = {"Authorization": f"Bearer {server.token}"}
    query = "by=day&basis=seen&since=2000-01-01&until=2099-12-31"
    assert server.post("/v1/reports", REPORT).status == 202
    server.wait_for_installations(1)
    for path in (
        f"/api/ask/installs?{query}&format=svg",
        f"/api/ask/installs?{query}&format=png",
    ):
        refused = server.request("GET", path, headers=bearer)
        assert refused.status == 400
        assert b"a chart has 800 rows at most, and this one would have" in refused.body
    until_now = query.partition("&until")[0]
    for path in (f"/api/ask/installs?{query}&format=csv", f"/questions/installs?{until_now}"):
        assert server.request("GET", path, headers=bearer).status == 200
