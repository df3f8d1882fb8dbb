"""Signing in and out in a real headless Chromium, at a real provider of OpenID Connect and at a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.browsing import chromium, require_chromium
from tests.support.command import headcount
from tests.support.openid import ADA, EVE, TEAM, openid_provider, parameters, with_parameter
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until

pytestmark = pytest.mark.ci

SECRET = "hush-hush-hush"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server at which who is in a group of a provider signs in; it logs all that it can."""
    require_chromium()
    path = tmp_path_factory.mktemp("server")
    with openid_provider(ADA, EVE) as issuer:
        settings = {
            "oidc_issuer": issuer,
            "oidc_client_id": "headcount",
            "oidc_client_secret": SECRET,
            "oidc_groups": TEAM,
        }
        (path / "headcount.toml").write_text(
            "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
        )
        options = ("--config", str(path / "headcount.toml"), "--log-level=debug", "--oidc-name=Example")
        with serving(path / "data", path / "stderr", *options) as served:
            yield served


@pytest.fixture(scope="module")
def running(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The browser."""
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened.driver


@pytest.fixture
def browser(server: Served, running: Any) -> Any:
    """The browser, which was never here, and has nothing to complain of."""
    running.get(f"{server.url}/sign-in")
    running.delete_all_cookies()
    running.get_log("browser")
    return running


def _press(browser: Any, text: str) -> None:
    from selenium.webdriver.common.by import By

    browser.find_element(By.XPATH, f"//button[normalize-space()='{text}'] | //a[normalize-space()='{text}']").click()


def _await(browser: Any, heading: str) -> str:
    """Wait until a page with this heading is there; return what it says."""

    def text(name: str) -> str:
        return str(browser.execute_script(f"return document.querySelector('{name}')?.innerText ?? ''"))

    wait_until(lambda: text("h1") == heading, f"there is a page {heading}")
    return text("main")


def _await_address(browser: Any, address: str) -> None:
    """Wait until the browser is at an address."""
    wait_until(lambda: browser.current_url == address, f"the browser is at {address}")


def test_a_maintainer_signs_in_and_out(server: Served, browser: Any) -> None:
    """From a page that somebody sent, to the provider and back to it; then out, and it is closed."""
    wanted = f"{server.url}/questions/versions?by=python"
    browser.get(wanted)
    assert browser.current_url == f"{server.url}/sign-in?next=%2Fquestions%2Fversions%3Fby%3Dpython"
    _press(browser, "Sign in with Example")
    assert parameters(browser.current_url)["client_id"] == "headcount"
    _press(browser, "ada")
    _await_address(browser, wanted)
    cookie = browser.get_cookie(f"headcount-{urlsplit(server.url).port}")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"], "expiry" in cookie) == (True, "Lax", "/", False)
    asked = [json.loads(line) for path in (server.data / "asked").iterdir() for line in path.read_text().splitlines()]
    assert {(line["who"], line["asked"]) for line in asked} == {("oidc:ada", "the page of versions")}
    browser.get(f"{server.url}/sign-in")
    assert "You are signed in as ada" in _await(browser, "Sign in")
    _press(browser, "Sign out")
    wait_until(lambda: browser.get_cookies() == [], "the cookie is gone")
    _await_address(browser, f"{server.url}/sign-in")
    browser.get(wanted)
    assert urlsplit(browser.current_url).path == "/sign-in"
    browser.get(f"{server.url}/")
    assert browser.current_url == f"{server.url}/public"
    told = [each for each in browser.get_log("browser") if server.url in each["message"] and each["level"] != "INFO"]
    assert told == []  # that it cleared its cache it says as information


def test_the_wrong_group_is_told_and_another_account_signs_in(server: Served, browser: Any) -> None:
    """The page says which account it is and what it lacks; its link leads back with another one."""
    browser.get(f"{server.url}/sign-in?next=/questions/versions")
    _press(browser, "Sign in with Example")
    _press(browser, "eve")
    said = _await(browser, "This account may not sign in")
    assert "At Example you are eve. That account is in none of these groups: maintainers." in said
    assert browser.get_cookie(f"headcount-{urlsplit(server.url).port}") is None
    _press(browser, "Sign in with another account of Example")
    assert parameters(browser.current_url)["prompt"] == "select_account"
    _press(browser, "ada")
    _await_address(browser, f"{server.url}/questions/versions")


def test_who_denies_may_try_again(server: Served, browser: Any) -> None:
    """The page says so, and has the ways to sign in."""
    browser.get(f"{server.url}/sign-in?next=/questions/versions")
    _press(browser, "Sign in with Example")
    _press(browser, "Deny")
    assert "did not let Headcount know who you are" in _await(browser, "Sign in")
    _press(browser, "Sign in with Example")
    _press(browser, "ada")
    _await_address(browser, f"{server.url}/")


@pytest.mark.parametrize("name", ["state", "nonce"])
def test_what_is_tampered_with_signs_nobody_in(server: Served, browser: Any, name: str) -> None:
    """Another state or nonce in the address of the provider, as who wants another to use their account would put it."""
    browser.get(f"{server.url}/sign-in")
    _press(browser, "Sign in with Example")
    browser.get(with_parameter(browser.current_url, name, "tampered"))
    _press(browser, "ada")
    _await(browser, "Sign in" if name == "state" else "Not now")
    assert browser.get_cookie(f"headcount-{urlsplit(server.url).port}") is None


@pytest.mark.parametrize("elsewhere", ["//evil.example.org", "https://evil.example.org/", "/%5Cevil.example.org"])
def test_nobody_is_led_elsewhere(server: Served, browser: Any, elsewhere: str) -> None:
    """After a sign-in that began with such an address, the browser is on the first page."""
    browser.get(f"{server.url}/sign-in/oidc?next={elsewhere}")
    _press(browser, "ada")
    _await_address(browser, f"{server.url}/")


def test_the_secret_and_the_accounts_stay_where_they_are(server: Served, browser: Any) -> None:
    """The doctor says by what maintainers sign in; the secret, an address, a code and a token are in no log and no file."""
    browser.get(f"{server.url}/sign-in/oidc")
    _press(browser, "ada")
    _await_address(browser, f"{server.url}/")
    examined = headcount("doctor", f"--data={server.data}").stdout
    assert "well   maintainers can sign in by Example\n" in examined
    log = server.errors.read_text() + examined
    files = [path for path in server.data.rglob("*") if path.is_file()]
    for private in (SECRET, "xample.org", "code=", "state="):
        assert private not in log, private
        assert not any(private.encode() in path.read_bytes() for path in files), private
