"""A fake of GitHub, for signing in: GitHub itself cannot be run here, nor a GitHub Enterprise Server.

It speaks, over HTTP on loopback, the part of GitHub's interface that Headcount uses, as its documentation has it
("Authorizing OAuth apps", with PKCE; "Users"; "Team members"; "Organization members"). It refuses what GitHub would refuse:
a wrong secret, a code that was used or is another client's, a wrong verifier, a request without a token.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CLIENT, SECRET = "Iv1.headcount", "secret-of-the-app"
ORGANISATION, TEAM = "example", "core"


class GitHub:
    """An organisation with a team, and the accounts that press the button.

    ``team`` and ``organisation``: from a login to ``active`` or ``pending``; ``refuses``: a status that the memberships
    answer instead, with ``headers``; ``asked``: the paths that were asked for; ``open``: cleared, it answers nothing until
    it is set.
    """

    def __init__(self) -> None:
        self.team: dict[str, str] = {"ada": "active", "pat": "pending"}
        self.organisation: dict[str, str] = {**self.team, "eve": "active"}
        self.refuses: int | None = None
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self.url = ""
        self._codes: dict[str, tuple[str, str, str]] = {}
        self._tokens: dict[str, str] = {}

    def authorize(self, address: str, login: str) -> str:
        """Press the button on the page at an address, as ``login``; return where the browser is sent back to."""
        parts = urlsplit(address)
        asked = dict(parse_qsl(parts.query))
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/login/oauth/authorize"
        assert (asked["client_id"], asked["scope"], asked["response_type"]) == (CLIENT, "read:org", "code")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(10)
        self._codes[code] = login, asked["code_challenge"], asked["redirect_uri"]
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def answer(self, method: str, path: str, token: str, form: dict[str, str]) -> tuple[int, Any]:
        """Return the status and the JSON of an answer."""
        self.asked.append(path)
        self.open.wait(30)
        if (method, path) == ("POST", "/login/oauth/access_token"):
            return 200, self._exchanged(form)
        login = self._tokens.get(token)
        if login is None:
            return 401, {"message": "Requires authentication"}
        if path == "/api/v3/user":
            return 200, {"login": login, "id": 1000 + len(login), "email": f"{login}@example.org"}
        members = {
            f"/api/v3/orgs/{ORGANISATION}/teams/{TEAM}/memberships/{login}": self.team,
            f"/api/v3/user/memberships/orgs/{ORGANISATION}": self.organisation,
        }.get(path, {})
        if self.refuses is not None:
            return self.refuses, {"message": "refused"}
        return (200, {"state": members[login]}) if login in members else (404, {"message": "Not Found"})

    def _exchanged(self, form: dict[str, str]) -> dict[str, str]:
        """What is wrong is told with status 200, as GitHub does."""
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return {"error": "incorrect_client_credentials"}
        login, challenge, redirect_uri = self._codes.pop(form["code"], ("", "", ""))
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if not login or made != challenge or form["redirect_uri"] != redirect_uri:
            return {"error": "bad_verification_code", "error_description": f"{form['code']} is wrong"}
        token = secrets.token_hex(20)
        self._tokens[token] = login
        return {"access_token": token, "scope": "read:org", "token_type": "bearer"}


@contextlib.contextmanager
def github() -> Iterator[GitHub]:
    """Keep the fake running."""
    fake = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._answer(dict(parse_qsl(body)))

        def _answer(self, form: dict[str, str]) -> None:
            token = (self.headers["authorization"] or "").removeprefix("Bearer ")
            status, value = fake.answer(self.command, self.path, token, form)
            content = json.dumps(value).encode()
            with contextlib.suppress(OSError):  # who asked may have lost patience
                self.send_response(status)
                for name, text in {**fake.headers, "content-length": str(len(content))}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving_with(Handler) as url:
        fake.url = url
        try:
            yield fake
        finally:
            fake.open.set()


@contextlib.contextmanager
def serving_with(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Keep an HTTP server of this process running on loopback; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
