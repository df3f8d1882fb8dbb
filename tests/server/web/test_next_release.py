"""The form of the next release, over HTTP: who may send it, what becomes of it, and what the log has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.serving import Answered, Served, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with an empty data directory."""
    path: Path = tmp_path_factory.mktemp("next")
    with serving(path / "data", path / "stderr") as served:
        yield served


@pytest.fixture(scope="module")
def cookie(server: Served) -> str:
    """The cookie of a browser that opened the link."""
    return server.request("GET", f"/?token={server.token}").headers["set-cookie"].partition(";")[0]


def _token(server: Served, cookie: str) -> str:
    """Return the token of the form."""
    page = server.request("GET", "/next", headers={"Cookie": cookie})
    found = re.search(r'name="token" value="(\w+)"', page.body.decode())
    assert found is not None
    return found[1]


def _send(server: Served, fields: dict[str, str], **headers: str) -> Answered:
    """Send the form as a browser does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.request(
        "POST", "/next", urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded", **named}
    )


def _kept(server: Served) -> list[str]:
    path = server.data / "next-release.json"
    return [each["where"] for each in json.loads(path.read_text())["removals"]] if path.exists() else []


def test_a_condition_is_kept_changed_and_taken_out(server: Served, cookie: str) -> None:
    """Each leads back to the page, which has it; the log has the condition, and not the line of text."""
    token = _token(server, cookie)
    for fields, kept in (
        ({"do": "keep", "where": "db = mysql", "why": "a line of ours"}, ["db = mysql"]),
        ({"do": "keep", "where": "db = mssql", "why": "another line", "was": "db = mysql"}, ["db = mssql"]),
        ({"do": "remove", "where": "no such thing"}, ["db = mssql"]),
    ):
        sent = _send(server, {"token": token, **fields}, Cookie=cookie, Sec_Fetch_Site="same-origin")
        assert (sent.status, sent.headers["location"]) == (303, "/next")
        assert _kept(server) == kept
    page = server.request("GET", "/next", headers={"Cookie": cookie}).body.decode()
    assert "another line" in page
    assert (server.data / "next-release.json").stat().st_mode & 0o077 == 0
    assert _send(server, {"token": token, "do": "remove", "where": "db = mssql"}, Cookie=cookie).status == 303
    assert _kept(server) == []
    log = "".join(path.read_text() for path in (server.data / "asked").iterdir())
    assert '"parameters": {"keep": "db = mysql"}' in log
    assert '"parameters": {"remove": "db = mssql"}' in log
    assert "line" not in log
    assert "no such thing" not in log


def test_what_cannot_be_kept_is_told_under_its_field(server: Served, cookie: str) -> None:
    """400, and the page has what was typed."""
    sent = _send(
        server, {"token": _token(server, cookie), "do": "keep", "where": "pythn < 3", "why": "typed"}, Cookie=cookie
    )
    page = sent.body.decode()
    assert sent.status == 400
    assert re.search(r'id="problem-where" role="alert">.*did you mean python', page)
    assert 'value="pythn &lt; 3"' in page
    assert 'value="typed"' in page
    assert _kept(server) == []


def test_no_other_site_can_send_it(server: Served, cookie: str) -> None:
    """Without the token of the page, with that of somebody else, or from another site, whatever it holds: 403."""
    fields = {"do": "keep", "where": "db = mysql"}
    token = _token(server, cookie)
    assert _send(server, fields, Cookie=cookie).status == 403
    assert _send(server, {**fields, "token": "0" * 64}, Cookie=cookie).status == 403
    assert _send(server, {**fields, "token": "\xe9"}, Cookie=cookie).status == 403
    for site in ("cross-site", "same-site", "none"):
        assert _send(server, {**fields, "token": token}, Cookie=cookie, Sec_Fetch_Site=site).status == 403
    unknown = _send(server, {**fields, "token": token})
    assert (unknown.status, unknown.headers.get("location")) == (303, "/public")
    assert _send(server, fields, Cookie=cookie, Authorization="Basic eDp5").status == 403  # a browser adds it by itself
    assert _kept(server) == []


def test_a_script_sends_it_with_its_token(server: Served) -> None:
    """As a bearer's, and no form's; nothing is kept by another method."""
    bearer = f"Bearer {server.token}"
    assert _send(server, {"do": "keep", "where": "mq = wamp"}, Authorization=bearer).status == 303
    assert _kept(server) == ["mq = wamp"]
    assert _send(server, {"do": "remove", "where": "mq = wamp"}, Authorization=bearer).status == 303
    assert server.request("PUT", "/next", headers={"Authorization": bearer}).status == 405


def test_a_damaged_file_is_told_on_the_page(server: Served, cookie: str) -> None:
    """And not written over."""
    token, path = _token(server, cookie), server.data / "next-release.json"
    path.write_text("by hand")
    sent = _send(server, {"token": token, "do": "keep", "where": "db = mysql"}, Cookie=cookie)
    assert sent.status == 400
    assert b"holds no list of removals" in sent.body
    assert b"holds no list of removals" in server.request("GET", "/next", headers={"Cookie": cookie}).body
    assert path.read_text() == "by hand"
    path.unlink()
