"""Signing in by GitHub: who is a member of a team, or of an organisation, as its own interface says.

GitHub speaks OAuth 2, and no OpenID Connect: who signed in, and of what they are a member, is asked with the token. That is
forgotten then.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx2

from headcount.server.web.sign_in.exchange import Exchange, Registration, mapping
from headcount.server.web.sign_in.provider import Account, Attempt, ProviderTrouble, WrongTeam, callback_path
from headcount.settings import Settings

_PUBLIC, _PUBLIC_API = "https://github.com", "https://api.github.com"
_FORM = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}


class GitHub:
    """GitHub, or a GitHub Enterprise Server, as the settings ``github_…`` name it."""

    key = "github"
    name = "GitHub"

    def __init__(self, settings: Settings, own_url: str, exchange: Exchange) -> None:
        """``own_url``: the address by which browsers reach this server."""
        self._url = settings.github_url.rstrip("/")
        self._api = _PUBLIC_API if self._url == _PUBLIC else f"{self._url}/api/v3"
        self._organisation = settings.github_organisation
        self._team = settings.github_team
        self._exchange = exchange
        self._registration = Registration(
            self.name,
            settings.github_client_id,
            settings.github_client_secret,
            "client_secret_post",
            own_url + callback_path(self.key),
            "read:org",
        )

    async def address(self, attempt: Attempt, *, another: bool) -> str:
        """Return GitHub's page for signing in, with what it is to send back."""
        async with self._exchange.step(self._registration) as client:
            extra = {"prompt": "select_account"} if another else {}
            url, _ = client.create_authorization_url(
                f"{self._url}/login/oauth/authorize", attempt.state, attempt.verifier, **extra
            )
            return str(url)

    async def account(self, attempt: Attempt, code: str) -> Account:
        """Return the account, if it is an active member."""
        async with self._exchange.step(self._registration) as client:
            await client.fetch_token(f"{self._url}/login/oauth/access_token", code=code, code_verifier=attempt.verifier)
            user = mapping(await client.get(f"{self._api}/user", headers=_FORM))
            number, login = user["id"], user["login"]
            if not (isinstance(number, int) and isinstance(login, str) and login):
                raise TypeError("an account has no id")
            missing = await self._missing(client, login)
        if missing is not None:
            raise WrongTeam(login, missing)
        return Account(f"{self.key}:{number}", login)

    async def _missing(self, client: Any, login: str) -> str | None:
        """Return what an account lacks, as a sentence without a stop; None where it lacks nothing."""
        organisation, team = quote(self._organisation, safe=""), quote(self._team, safe="")
        path = (
            f"/orgs/{organisation}/teams/{team}/memberships/{quote(login, safe='')}"
            if team
            else f"/user/memberships/orgs/{organisation}"
        )
        where = f"the team {self._team} of {self._organisation}" if team else f"the organisation {self._organisation}"
        response = await client.get(f"{self._api}{path}", headers=_FORM)
        if response.status_code == httpx2.codes.NOT_FOUND:
            return f"That account is no member of {where}"
        if response.status_code == httpx2.codes.FORBIDDEN and not _is_limit(response):
            return (
                f"GitHub does not say whether that account is a member of {where}: the organisation has to approve this "
                "application, or the account to sign in to the organisation first"
            )
        if _is_limit(response):
            raise ProviderTrouble("GitHub has answered this application too often in the last hour")
        return (
            None
            if mapping(response).get("state") == "active"
            else f"That account has not accepted its invitation to {where}"
        )


def _is_limit(response: httpx2.Response) -> bool:
    """Return whether GitHub says that it was asked too often."""
    limited = response.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in response.headers
    return response.status_code == httpx2.codes.TOO_MANY_REQUESTS or (
        response.status_code == httpx2.codes.FORBIDDEN and limited
    )
