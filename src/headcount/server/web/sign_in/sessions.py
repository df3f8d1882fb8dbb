"""Sessions of maintainers, in the memory of the server: they end with it, at a sign-out, when idle, and after some hours."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import NamedTuple

_MOST = 20  # sessions of one maintainer; for one more the one that was used longest ago ends


class Session(NamedTuple):
    """Who signed in, and when.

    ``who``: the id of a token or an account, for the log of questions; ``account``: what that is called where it is, shown
    to its holder alone, None where it is a token; ``begun`` and ``used``: seconds of the clock, at which it was begun and
    used last.
    """

    who: str
    account: str | None
    begun: float
    used: float


class Bounds(NamedTuple):
    """When a session ends: seconds after its beginning, and without a request."""

    longest: float
    idle: float


class Sessions:
    """The sessions that have not ended, each found by a secret that its holder has. Safe in the event loop alone."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds that only pass."""
        self._clock = clock
        self._bounds = bounds
        self._sessions: dict[bytes, Session] = {}

    def begin(self, who: str, account: str | None = None) -> str:
        """Begin a session, and return its secret."""
        now = self._clock()
        self._sessions = {key: each for key, each in self._sessions.items() if self._is_on(each, now)}
        own = [key for key, each in self._sessions.items() if each.who == who]
        if len(own) >= _MOST:
            del self._sessions[min(own, key=lambda key: self._sessions[key].used)]
        secret = secrets.token_urlsafe(32)
        self._sessions[_key(secret)] = Session(who, account, now, now)
        return secret

    def use(self, secret: str) -> Session | None:
        """Return the session with a secret, which is used now; None where it has ended, or never was."""
        key, now = _key(secret), self._clock()
        session = self._sessions.get(key)
        if session is None:
            return None
        if not self._is_on(session, now):
            del self._sessions[key]
            return None
        self._sessions[key] = session._replace(used=now)
        return session

    def end(self, secret: str) -> None:
        """End the session with a secret, if there is one."""
        self._sessions.pop(_key(secret), None)

    def _is_on(self, session: Session, now: float) -> bool:
        return now - session.begun < self._bounds.longest and now - session.used < self._bounds.idle


def _key(secret: str) -> bytes:
    """Return what stands for a secret: how long a look-up takes says nothing of others."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
