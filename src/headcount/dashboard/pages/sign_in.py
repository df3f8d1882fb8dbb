"""The pages for who signs in: how to, and that an account may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headcount.dashboard._site import environment
from headcount.dashboard._site_state import SiteState


class Way(NamedTuple):
    """A provider by which people sign in: its name, and the address at which that begins."""

    name: str
    address: str


def page(
    site: SiteState, ways: Sequence[Way] = (), after: str = "/", account: str | None = None, note: str = ""
) -> str:
    """Return the page that says how to sign in as HTML.

    ``site``: what is said at the top; ``after``: the path to go to then; ``account``: who is signed in already, empty where
    that is by a token, and None where nobody is; ``note``: a sentence on what went wrong.
    """
    template = environment().get_template("pages/sign-in.html")
    return template.render(site=site, ways=ways, after=after, account=account, note=note)


def wrong_team(site: SiteState, provider: str, account: str, missing: str, again: str) -> str:
    """Return the page for somebody whose account may not sign in, as HTML.

    ``provider``: its name; ``account``: the name of the account there; ``missing``: what it lacks, a sentence without a
    stop; ``again``: the address at which another account can be chosen.
    """
    template = environment().get_template("pages/wrong-team.html")
    return template.render(site=site, provider=provider, account=account, missing=missing, again=again)
