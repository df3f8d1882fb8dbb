"""Sign-ins under way: each is in a cookie of the browser that began it, and can be ended once.

The server holds nothing of those that are never ended, so nobody can fill its memory, or push out those of others, with
sign-ins that they begin.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable

from headcount.server.web.sign_in.provider import Attempt

SECONDS = 600
"""So long somebody may take at the provider."""


class Attempts:
    """Begins sign-ins and ends them. What it makes of a key of its own holds until the server ends."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds that only pass."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._ended: dict[str, float] = {}  # states of attempts, and until when they would hold

    def begin(self, provider: str, after: str) -> tuple[Attempt, str]:
        """Return an attempt to sign in by a provider, and the cookie that holds it."""
        state = secrets.token_urlsafe(24)
        held = json.dumps([provider, state, after, self._clock() + SECONDS]).encode()
        text = base64.urlsafe_b64encode(held).decode()
        return self._attempt(state, after), f"{text}.{self._made('cookie', text)}"

    def end(self, provider: str, cookie: str, state: str) -> Attempt | None:
        """Return the attempt in a cookie, which is over now; None where it is none of ours, too old or over already.

        ``state`` is what came back from the provider, whose the attempt must be.
        """
        text, _, proof = cookie.rpartition(".")
        if not same(proof, self._made("cookie", text)):
            return None
        try:
            owner, own_state, after, until = json.loads(base64.urlsafe_b64decode(text))
        except (ValueError, binascii.Error):  # pragma: no cover  # it is signed, so it is ours
            return None
        now = self._clock()
        self._ended = {each: then for each, then in self._ended.items() if then > now}
        if owner != provider or not same(state, own_state) or until <= now or own_state in self._ended:
            return None
        self._ended[own_state] = until
        return self._attempt(own_state, after)

    def _attempt(self, state: str, after: str) -> Attempt:
        """Return the attempt with a state; what else it needs is made from that, and nobody else can make it."""
        return Attempt(state, self._made("nonce", state), self._made("verifier", state), after)

    def _made(self, what: str, text: str) -> str:
        made = hmac.digest(self._key, f"{what} {text}".encode("utf-8", "replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


def same(given: str, expected: str) -> bool:
    """Return whether two texts are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
