"""The settings of signing in: by GitHub, or by a provider of OpenID Connect; and how long a session lasts.

Each provider is off unless its client's id is given. What is missing then is said when the server starts, and by the doctor.
"""

from __future__ import annotations

import dataclasses

from headcount.settings._forms import base_url, name, names, secret, setting, whole


@dataclasses.dataclass(frozen=True)
class SignInSettings:
    """Who may sign in, and by what."""

    github_client_id: str = setting(
        "", name, "the id of the OAuth app at GitHub by which maintainers sign in; empty: not by GitHub", metavar="ID"
    )
    github_client_secret: str = setting("", secret, "the secret of that app", metavar="SECRET")
    github_organisation: str = setting("", name, "the organisation at GitHub whose members may sign in", metavar="NAME")
    github_team: str = setting(
        "", name, "the team of that organisation whose members may sign in, as its address has it; empty: the whole "
        "organisation", metavar="NAME",
    )  # fmt: skip
    github_url: str = setting(
        "https://github.com", base_url, "the address of GitHub, or of a GitHub Enterprise Server", metavar="URL"
    )
    oidc_issuer: str = setting(
        "", base_url, "the issuer of the OpenID Connect provider by which maintainers sign in, as its own configuration has "
        "it", metavar="URL",
    )  # fmt: skip
    oidc_client_id: str = setting(
        "", name, "the id that Headcount has with that provider; empty: not by OpenID Connect", metavar="ID"
    )
    oidc_client_secret: str = setting("", secret, "the secret that Headcount has with that provider", metavar="SECRET")
    oidc_groups: tuple[str, ...] = setting(
        (), names, "groups at that provider whose members may sign in, separated by commas", metavar="NAMES"
    )
    oidc_emails: tuple[str, ...] = setting(
        (), names, "confirmed e-mail addresses that may sign in, or domains such as @example.org, separated by commas",
        metavar="ADDRESSES",
    )  # fmt: skip
    oidc_groups_claim: str = setting(
        "groups", name, "the claim in which that provider lists the groups of an account", metavar="NAME"
    )
    oidc_scopes: tuple[str, ...] = setting(
        (), names, "scopes to ask that provider for beside `openid`, and `email` where addresses may sign in: many want "
        "one for groups; separated by commas", metavar="NAMES",
    )  # fmt: skip
    oidc_name: str = setting(
        "", name, "what the page for signing in calls that provider; empty: by the name of its host", metavar="NAME"
    )
    session_hours: int = setting(
        12, whole(1), "hours after which who signed in must do so again: whoever left the team is out by then"
    )
    session_idle_minutes: int = setting(120, whole(1), "minutes without a request after which a session ends")
