"""What a way to sign in is to the routes, and what can go wrong with one."""

from __future__ import annotations

from typing import NamedTuple, Protocol
from urllib.parse import urlencode


class Account(NamedTuple):
    """An account that may sign in.

    ``id``: the provider and the account's unchanging id there, for the log of questions; ``name``: what it is called there.
    """

    id: str
    name: str


class Attempt(NamedTuple):
    """A sign-in under way: what only the browser that began it has, and the provider gives back.

    ``state`` comes back in the address, ``nonce`` in the provider's signed answer, and ``verifier`` shows that who has the
    code is who asked for it (PKCE). ``after``: the path of ours to go to then.
    """

    state: str
    nonce: str
    verifier: str
    after: str


class WrongTeam(Exception):
    """Somebody has an account, which may not sign in.

    ``account``: its name there; the text: what it lacks, a sentence without a stop.
    """

    def __init__(self, account: str, missing: str) -> None:
        super().__init__(missing)
        self.account = account


class ProviderTrouble(Exception):
    """A provider cannot be reached, is too slow, or answers what cannot be used; its text is a sentence without a stop."""


class Provider(Protocol):
    """A way to sign in."""

    key: str
    """Its name in addresses."""

    name: str
    """What people call it."""

    async def address(self, attempt: Attempt, *, another: bool) -> str:
        """Return where the browser goes to sign in; ``another``: with the choice of an account. Raises `ProviderTrouble`."""

    async def account(self, attempt: Attempt, code: str) -> Account:
        """Return whose ``code`` it is that came back. Raises `WrongTeam` and `ProviderTrouble`."""


def begin_address(key: str, after: str, *, another: bool = False) -> str:
    """Return the address at which signing in by a provider begins.

    ``after``: the path of ours to go to then; ``another``: with the choice of an account.
    """
    query = ([("next", after)] if after != "/" else []) + ([("another", "1")] if another else [])
    return f"/sign-in/{key}{'?' if query else ''}{urlencode(query)}"


def callback_path(key: str) -> str:
    """Return the path to which a provider sends people back."""
    return f"/sign-in/{key}/callback"
