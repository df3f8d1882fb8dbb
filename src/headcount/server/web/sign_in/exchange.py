"""What is asked of a provider over HTTP, by Authlib's client: bounded in time and size, and with one kind of error.

A provider is another machine: it may be away, slow or broken, and none of that may hold up or break anything here.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError

from headcount.server.web.sign_in.provider import ProviderTrouble, WrongTeam

logger = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds for all that a step of signing in asks of a provider."""

_LARGEST = 1024 * 1024  # bytes of an answer
_RUBBISH = "answers what Headcount cannot use"
_CODE = re.compile(r"[a-z_]{1,40}")  # what OAuth calls an error; anything else may be any text

# These name accounts, codes and tokens at the levels below.
for _name in ("authlib", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Registration(NamedTuple):
    """What a provider knows Headcount by.

    ``provider``: its name, for sentences; ``client_id`` and ``client_secret``; ``how``: how its token endpoint is shown
    these, as OpenID Connect calls it; ``redirect_uri``: where it sends people back to; ``scope``: what is asked for.
    """

    provider: str
    client_id: str
    client_secret: str
    how: str
    redirect_uri: str
    scope: str


class _Client(AsyncOAuth2Client):  # type: ignore[misc]  # it has no types
    """Reads of an answer what it may hold, and refuses the rest."""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        response = await super().send(request, **{**options, "stream": True})
        try:
            content = b""
            async for chunk in response.aiter_raw():  # nothing is asked for that would have to be inflated
                content += chunk
                if len(content) > _LARGEST:
                    raise ValueError("an answer is too large")
        finally:
            await response.aclose()
        return httpx2.Response(response.status_code, headers=_kept(response.headers), content=content, request=request)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in headers.items() if name.lower() not in ("content-length", "transfer-encoding")
    }


class Exchange:
    """What steps of sign-ins ask providers with."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """``patience``: seconds for all that a step asks."""
        self._patience = patience
        self._context = httpx2.create_ssl_context()  # that takes long, so it is made once

    @asynccontextmanager
    async def step(self, registration: Registration) -> AsyncIterator[Any]:
        """Yield a client for one step of a sign-in, an ``AsyncOAuth2Client``, and close it.

        Whatever goes wrong inside is raised as `ProviderTrouble`, but for `WrongTeam`.
        """
        name = registration.provider
        client = _Client(
            registration.client_id,
            registration.client_secret,
            token_endpoint_auth_method=registration.how,
            redirect_uri=registration.redirect_uri,
            scope=registration.scope,
            code_challenge_method="S256",
            verify=self._context,
            timeout=self._patience,
            headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "headcount"},
        )
        try:
            async with asyncio.timeout(self._patience), client:
                yield client
        except (ProviderTrouble, WrongTeam):
            raise
        except Exception as error:  # what libraries raise over rubbish is without number
            sentence = f"{name} {_said(error)}"
            logger.warning(
                "nobody can sign in now: %s (%s)", sentence, type(error).__name__, exc_info=_said(error) == _RUBBISH
            )
            raise ProviderTrouble(sentence) from error


def _said(error: Exception) -> str:
    if isinstance(error, (TimeoutError, httpx2.TimeoutException)):
        return "takes too long to answer"
    if isinstance(error, httpx2.TransportError):
        return "cannot be reached"
    if isinstance(error, AuthlibBaseError) and _CODE.fullmatch(str(error.error)):
        return f"refuses: it says {error.error}"
    if isinstance(error, JoseError):
        return "answers what is not signed for this sign-in"
    if isinstance(error, httpx2.HTTPStatusError):
        return f"answers with status {error.response.status_code}"
    return _RUBBISH


async def fetch(client: Any, url: str) -> httpx2.Response:
    """Return the answer at an address, asked for without a token."""
    response: httpx2.Response = await client.request("GET", url, withhold_token=True)
    return response


def mapping(response: httpx2.Response) -> dict[str, Any]:
    """Return the JSON object that a good answer holds. Raises an error that `Exchange.step` turns into `ProviderTrouble`."""
    response.raise_for_status()
    value = response.json()
    if not isinstance(value, dict):
        raise TypeError("an answer is no object")
    return value
