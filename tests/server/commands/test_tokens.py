"""Maintainers' tokens: made, used and revoked."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from headcount.server.data.tokens import Tokens
from tests.support.command import headcount
from tests.support.disks import disk
from tests.support.serving import serving
from tests.support.waiting import wait_until


def _tokens(path: Path) -> Tokens:
    return Tokens(path / "tokens.json", lambda: 1_793_491_092.0)


def test_a_token_is_kept_as_a_hash(tmp_path: Path) -> None:
    """The file, which its owner alone can read, does not hold it; it is known over restarts."""
    token, text = _tokens(tmp_path).make("Pierre")
    path = tmp_path / "tokens.json"
    assert text.partition(".")[2] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(text.partition(".")[2]) == 43  # 256 bits in base64
    again = _tokens(tmp_path)
    assert again.holder(text) == token.id
    assert [(each.name, each.made) for each in again.listed()] == [("Pierre", "2026-10-31")]


@pytest.mark.parametrize("change", ["", "x", ".", "{}x", "x{}", "{}\x00", "\ud800", "0.{}"])
def test_what_is_no_token_is_nobodys(tmp_path: Path, change: str) -> None:
    """Nor is one with a change in it."""
    tokens = _tokens(tmp_path)
    _, text = tokens.make("")
    assert tokens.holder(change.replace("{}", text)) is None


def test_a_revoked_token_is_nobodys(tmp_path: Path) -> None:
    """At once, and the others stay."""
    tokens = _tokens(tmp_path)
    (one, first), (two, second) = tokens.make("one"), tokens.make("two")
    assert tokens.revoke(one.id) == one
    assert tokens.revoke(one.id) is None
    assert tokens.holder(first) is None
    assert tokens.holder(second) == two.id == _tokens(tmp_path).holder(second)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tokens": [{"id": 1}]}'])
def test_a_file_that_holds_no_tokens_is_refused(tmp_path: Path, text: str) -> None:
    """With what to do."""
    (tmp_path / "tokens.json").write_text(text)
    with pytest.raises(ValueError, match="holds no tokens: delete it, and make new ones"):
        _tokens(tmp_path)


@pytest.mark.parametrize("bad", [7, None, [], {}, {"id": 1}, {"id": "a", "name": "x", "made": "y", "hash": 7}])
def test_a_damaged_token_keeps_no_other_out(tmp_path: Path, caplog: pytest.LogCaptureFixture, bad: object) -> None:
    """It is nobody's, and the log says so."""
    token, text = _tokens(tmp_path).make("one")
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps({"tokens": [bad, *json.loads(path.read_text())["tokens"]]}))
    tokens = _tokens(tmp_path)
    assert (tokens.holder(text), tokens.listed()) == (token.id, [token])
    assert [record.getMessage() for record in caplog.records] == [f"tokens that are damaged are left out: 1 of {path}"]


def test_tokens_go_through_the_running_server(tmp_path: Path) -> None:
    """They open the answers from the moment they are made to that in which they are revoked, and what is asked is logged."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as served:
        made = headcount("token", "--name", "Pierre", "--data", str(data))
        token = made.stdout.strip()
        token_id = token.partition(".")[0]
        assert f"--revoke {token_id}" in made.stderr
        bearer = {"Authorization": f"Bearer {token}"}
        assert served.request("GET", "/api/ask/installs?basis=alive", headers=bearer).status == 200
        link = served.request("GET", f"/?token={token}")
        assert link.status == 303
        cookie = {"Cookie": link.headers["set-cookie"].partition(";")[0]}
        assert token not in cookie["Cookie"]
        assert served.request("GET", "/", headers=cookie).status == 200
        assert headcount("ask", "installs", "--data", str(data)).returncode == 0

        assert "Pierre" in headcount("token", "--list", "--data", str(data)).stdout
        revoked = headcount("token", "--revoke", token_id, "--data", str(data))
        assert revoked.returncode == 0, revoked.stderr
        assert served.request("GET", "/api/ask/installs", headers=bearer).status == 401
        assert served.request("GET", "/", headers=cookie).status == 303
        assert served.request("GET", f"/?token={token}").status == 401
        forged = {"Cookie": f"{cookie['Cookie'].partition('=')[0]}=link.{cookie['Cookie'].rpartition('.')[2]}"}
        assert served.request("GET", "/", headers=forged).status == 303
        assert headcount("token", "--list", "--data", str(data)).stdout == ""
    (log,) = (data / "asked").iterdir()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["who"], line["asked"], line["parameters"]) for line in lines] == [
        (token_id, "installs", {"basis": "alive"}),
        (token_id, "the first page", {}),
        ("operator", "installs", {}),
    ]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_tokens_are_made_where_no_server_runs(tmp_path: Path) -> None:
    """And known to the one that starts then."""
    data = tmp_path / "data"
    token = headcount("token", "--data", str(data)).stdout.strip()
    with serving(data, tmp_path / "stderr") as served:
        bearer = {"Authorization": f"Bearer {token}"}
        assert served.request("GET", "/api/ask/installs", headers=bearer).status == 200
    unknown = headcount("token", "--revoke", "00000000", "--data", str(data))
    assert unknown.returncode == 1
    assert "there is no token '00000000': `headcount token --list` shows" in unknown.stderr
    assert headcount("token", "--revoke", token.partition(".")[0], "--data", str(data)).returncode == 0


@pytest.mark.parametrize("command", [("ask", "installs"), ("lookup", "0" * 40), ("erase", "0" * 40)])
def test_no_token_or_secret_goes_over_a_network_in_the_clear(command: tuple[str, ...]) -> None:
    """Refused before anything is sent."""
    refused = headcount(*command, "--url", "http://192.0.2.1:9")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "is reached in the clear, where a token or a secret could be read: give it as https://" in refused.stderr


def test_a_token_is_revoked_on_a_full_disk(tmp_path: Path) -> None:
    """It opens nothing from then on, though that is not written down; which it is once it can be."""
    with disk(tmp_path / "disk", 1) as small:
        tokens = _tokens(small.path)
        (one, first), (two, second) = tokens.make("one"), tokens.make("two")
        small.fill()
        with pytest.raises(OSError, match="No space left"):
            tokens.revoke(one.id)
        assert tokens.holder(first) is None
        assert not tokens.holds(one.id)
        assert tokens.holder(second) == two.id
        with pytest.raises(OSError, match="No space left"):
            tokens.settle()
        assert _tokens(small.path).holder(first) == one.id  # a restart now would bring it back
        small.empty()
        tokens.settle()
        assert _tokens(small.path).holder(first) is None


@pytest.mark.ci
def test_a_server_on_a_full_disk_takes_a_revoked_token_no_more(tmp_path: Path) -> None:
    """The command says that a restart would bring it back; the server writes it down once there is room."""
    with disk(tmp_path / "disk", 64) as small:
        data = small.path / "data"
        with serving(data, tmp_path / "stderr") as server:
            token = headcount("token", "--name=Ada", f"--data={data}").stdout.split()
            text = next(word for word in token if "." in word and len(word) > 40)
            signed_in = {"Authorization": f"Bearer {text}"}
            assert server.request("GET", "/api/ask/installs", headers=signed_in).status == 200
            small.fill()
            refused = headcount("token", f"--revoke={text.partition('.')[0]}", f"--data={data}")
            assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
            assert "the token opens nothing any more, but" in refused.stderr
            assert server.request("GET", "/api/ask/installs", headers=signed_in).status == 401
            small.empty()
            wait_until(lambda: "Ada" not in (data / "tokens.json").read_text(), "it is written down")
            assert "Traceback" not in server.stop()
