"""Which ways to sign in there are by the settings, and what is said of one that is not whole."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from headcount.server.web.sign_in.provider import Attempt
from headcount.server.web.sign_in.ways import ways_of
from headcount.settings import BadSettings, Settings, read_settings
from tests.support.command import headcount
from tests.support.openid import parameters
from tests.support.serving import serving

HERE, PUBLIC = "http://127.0.0.1:8010", "https://headcount.example.org"
GITHUB: dict[str, Any] = {"github_client_id": "a", "github_client_secret": "b", "github_organisation": "c"}
OIDC: dict[str, Any] = {
    "oidc_issuer": "https://id.example.org/x",
    "oidc_client_id": "a",
    "oidc_client_secret": "b",
    "oidc_groups": ("c",),
}

_NONE, _WHOM, _IN = "nobody can sign in by", "no oidc_groups or oidc_emails", "in the settings"


@pytest.mark.parametrize(
    ("settings", "url", "names", "problems"),
    [
        ({}, HERE, [], []),
        ({"oidc_groups_claim": "roles", "github_url": "https://github.example.org"}, HERE, [], []),
        (GITHUB, HERE, ["GitHub"], []),
        ({**GITHUB, **OIDC}, HERE, ["GitHub", "id.example.org"], []),
        ({**OIDC, "oidc_name": "Example"}, HERE, ["Example"], []),
        ({**OIDC, "oidc_groups": (), "oidc_emails": ("@example.org",)}, HERE, ["id.example.org"], []),
        ({**GITHUB, "public_url": PUBLIC}, "http://0.0.0.0:8010", ["GitHub"], []),
        (
            {"github_team": "core", "oidc_issuer": "https://id.example.org"},
            HERE,
            [],
            [
                f"{_NONE} GitHub: there is no github_client_id, no github_client_secret, no github_organisation {_IN}",
                f"{_NONE} OpenID Connect: there is no oidc_client_id, no oidc_client_secret, {_WHOM} {_IN}",
            ],
        ),
        (
            {**GITHUB, **OIDC, "oidc_client_secret": ""},
            HERE,
            ["GitHub"],
            [f"{_NONE} OpenID Connect: there is no oidc_client_secret {_IN}"],
        ),
        (GITHUB, "http://0.0.0.0:8010", [], [f"{_NONE} GitHub: there is no public_url {_IN}"]),
    ],
)
def test_the_settings_give_the_ways(settings: dict[str, Any], url: str, names: list[str], problems: list[str]) -> None:
    """Those that are whole; whatever is wanted and not whole is a sentence that names what is missing."""
    ways = ways_of(Settings(**settings), url)
    assert [each.name for each in ways.providers] == names
    assert ways.problems == problems


def test_people_are_sent_back_to_the_public_address() -> None:
    """Whatever host a request names; and to where the server listens where there is none."""
    for url, settings in ((PUBLIC, {**GITHUB, "public_url": PUBLIC}), (HERE, GITHUB)):
        (provider,) = ways_of(Settings(**settings), HERE).providers
        address = asyncio.run(provider.address(Attempt("state", "nonce", "verifier", "/"), another=False))
        assert address.startswith("https://github.com/login/oauth/authorize?")
        assert parameters(address)["redirect_uri"] == f"{url}/sign-in/github/callback"


def test_what_signs_people_in_is_imported_where_it_is_wanted(tmp_path: Path) -> None:
    """The server starts without it otherwise: it takes a third of a second."""
    program = (
        "import sys, headcount.server._serve\nfrom headcount.settings import Settings\n"
        "from headcount.server.web.sign_in.ways import ways_of\n"
        "ways_of(Settings(), 'http://127.0.0.1')\nprint(*sorted(sys.modules.keys() & {'authlib', 'httpx2', 'joserfc'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_way_that_is_not_whole_is_said(tmp_path: Path) -> None:
    """When the server starts, which it does, and by the doctor; the page does not offer it."""
    with serving(tmp_path / "data", tmp_path / "stderr", "--github-client-id=x", "--github-organisation=y") as served:
        lacks = "by GitHub: there is no github_client_secret in the settings"
        page = served.request("GET", "/sign-in").body.decode()
        assert "GitHub" not in page
        assert served.request("GET", "/sign-in/github").status == 404
        done = headcount("doctor", f"--data={served.data}")
        assert (done.returncode, f"WRONG  nobody can sign in {lacks}\n" in done.stdout) == (1, True)
        assert served.request("GET", "/questions/versions").headers["location"] == "/public"
        served.stop()
        assert served.output.read() == "Stop it with Ctrl-C.\n"


def test_a_secret_is_told_to_nobody(tmp_path: Path) -> None:
    """It has no flag, is in no `repr`, and in no message where it cannot be one."""
    file = tmp_path / "h.toml"
    file.write_text('github_client_secret = "hush hush"\n')
    with pytest.raises(BadSettings, match=r"github_client_secret in .*: must be a secret of") as caught:
        read_settings({}, {"HEADCOUNT_OIDC_CLIENT_SECRET": "hush\t"}, file)
    assert "HEADCOUNT_OIDC_CLIENT_SECRET in the environment" in str(caught.value)
    assert "hush" not in str(caught.value) + repr(Settings(github_client_secret="hush"))
    assert "secret" not in headcount("serve", "--help").stdout


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.org",
        "id.example.org",
        "https://a@id.example.org",
        "https://",
        "https://x.org?a",
        "ftp://x.org",
    ],
)
def test_a_provider_is_reached_by_tls(url: str) -> None:
    """Or is on this machine; anything else is refused."""
    assert read_settings({}, {"HEADCOUNT_OIDC_ISSUER": "http://127.0.0.1:9400"}, None).oidc_issuer
    with pytest.raises(BadSettings, match="OIDC_ISSUER in the environment: must be an address such as"):
        read_settings({}, {"HEADCOUNT_OIDC_ISSUER": url}, None)
