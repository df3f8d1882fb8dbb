"""Sessions end; and nothing but a path of ours is come back to."""

from __future__ import annotations

from pathlib import Path

import pytest

from headcount.server.web.sign_in.return_address import local_path
from headcount.server.web.sign_in.sessions import Bounds, Sessions
from tests.support.entrance import HOUR, Entrance, Visitor


def test_a_session_ends_after_its_hours_and_when_idle(tmp_path: Path) -> None:
    """Twelve hours after its beginning, however much is asked; two hours after the last request."""
    entrance = Entrance(tmp_path)
    busy, idle = Visitor(entrance), Visitor(entrance)
    for visitor in (busy, idle):
        visitor.get(f"/who?token={entrance.sign_in.token}")
    for _ in range(11):
        entrance.now += HOUR
        assert busy.get("/who").text == "link"
    assert idle.get("/who").status_code == 303
    entrance.now += HOUR
    assert busy.get("/who").status_code == 303


def test_a_session_ends_at_a_sign_out(tmp_path: Path) -> None:
    """For the server too: the cookie, kept by somebody, opens nothing. Another site cannot end it."""
    entrance = Entrance(tmp_path)
    visitor = Visitor(entrance)
    visitor.get(f"/who?token={entrance.sign_in.token}")
    kept = dict(visitor.cookies)
    assert visitor.post("/sign-out", sec_fetch_site="cross-site").status_code == 403
    assert visitor.get("/sign-out").status_code == 405
    assert visitor.get("/who").text == "link"
    answer = visitor.post("/sign-out", sec_fetch_site="same-origin")
    assert (answer.status_code, answer.headers["location"], visitor.cookies) == (303, "/sign-in", {})
    assert answer.headers["clear-site-data"] == '"cache"'  # Back shows no page of before
    visitor.cookies = kept
    assert visitor.get("/who").status_code == 303


def test_a_session_ends_with_its_token_and_with_the_server(tmp_path: Path) -> None:
    """A token that is revoked opens nothing, whatever began with it; another server knows no session of this one."""
    entrance = Entrance(tmp_path)
    visitor = Visitor(entrance)
    made, token = entrance.tokens.make("Ada")
    visitor.get(f"/who?token={token}")
    assert visitor.get("/who").text == made.id
    assert "You are signed in with a token" in visitor.get("/sign-in?next=/who").text
    other = Visitor(Entrance(tmp_path))
    other.cookies = dict(visitor.cookies)
    assert other.get("/who").status_code == 303
    entrance.tokens.revoke(made.id)
    assert visitor.get("/who").status_code == 303


def test_each_sign_in_has_a_session_of_its_own() -> None:
    """Of one maintainer there are twenty at most; for one more that ends which was used longest ago."""
    now = 0.0
    sessions = Sessions(Bounds(1000, 1000), lambda: now)
    ada = [sessions.begin("ada", "Ada") for _ in range(20)]
    eve = sessions.begin("eve")
    now = 1.0
    assert sessions.use(ada[0]) is not None
    ada.append(sessions.begin("ada", "Ada"))
    assert len(set(ada)) == 21
    assert [number for number, secret in enumerate(ada) if sessions.use(secret) is None] == [1]
    held = sessions.use(eve)
    assert held is not None
    assert (held.who, held.account) == ("eve", None)


@pytest.mark.parametrize("path", ["/", "/drop?where=plugin%20=%20Git&basis=alive", "/plugins/a.B", "/a//b"])
def test_a_path_of_ours_is_come_back_to(path: str) -> None:
    """With its query."""
    assert local_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        "", "//evil", "https://evil", "/\\evil", "\\/evil", "/\t/evil", "/\n/evil", " /", "/ /", "evil",
        "javascript:alert(1)", "///evil", "/é", "http:/evil", "/a\\b", "/\x00", "/sign-in/oidc",
        "/sign-out", "/" + "x" * 2000, "@evil", ".evil",
    ],
)  # fmt: skip
def test_nothing_else_is(text: str) -> None:
    """Whatever a browser would take for another host, or for no address; and no way to sign in or out."""
    assert local_path(text) == "/"


@pytest.mark.parametrize("text", ["//evil", "https://evil", "/%5Cevil", "/%09/evil"])
def test_no_page_leads_elsewhere(tmp_path: Path, text: str) -> None:
    """The page for signing in has no such address."""
    page = Visitor(Entrance(tmp_path)).get(f"/sign-in?next={text}").text
    assert "evil" not in page
