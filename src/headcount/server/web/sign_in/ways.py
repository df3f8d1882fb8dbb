"""The ways to sign in that the settings give, and what is missing where one is not whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from headcount.server.web.sign_in.provider import Provider
from headcount.settings import Settings, is_plain_loopback
from headcount.warehouse import Finding

_GITHUB = ("github_client_id", "github_client_secret", "github_organisation")
_OIDC = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")


class Ways(NamedTuple):
    """``providers``: by which people can sign in; ``problems``: for each that is not whole a sentence without a stop."""

    providers: Sequence[Provider]
    problems: Sequence[str]

    def findings(self) -> list[Finding]:
        """Return what the doctor says of them."""
        whole = [Finding(True, f"maintainers can sign in by {each.name}") for each in self.providers]
        return whole + [Finding(False, problem) for problem in self.problems]


def ways_of(settings: Settings, own_url: str, clock: Callable[[], float] = time.monotonic) -> Ways:
    """Return the ways to sign in.

    ``own_url``: where the server listens, which others are told where there is no ``public_url``; ``clock`` gives seconds
    that only pass.
    """
    url = settings.public_url or own_url
    wanted = {
        "GitHub": (_wants(settings, *_GITHUB, "github_team"), _missing(settings, _GITHUB)),
        "OpenID Connect": (
            _wants(settings, *_OIDC, "oidc_groups", "oidc_emails"),
            [
                *_missing(settings, _OIDC),
                *([] if settings.oidc_groups or settings.oidc_emails else ["oidc_groups or oidc_emails"]),
            ],
        ),
    }
    if not (settings.public_url or is_plain_loopback(url)):
        for _, missing in wanted.values():
            missing.append("public_url")
    problems = [
        f"nobody can sign in by {name}: there is no {', no '.join(missing)} in the settings"
        for name, (is_wanted, missing) in wanted.items()
        if is_wanted and missing
    ]
    whole = [name for name, (is_wanted, missing) in wanted.items() if is_wanted and not missing]
    return Ways(_providers(settings, url, whole, clock) if whole else (), problems)


def _wants(settings: Settings, *names: str) -> bool:
    return any(getattr(settings, name) for name in names)


def _missing(settings: Settings, names: Sequence[str]) -> list[str]:
    return [name for name in names if not getattr(settings, name)]


def _providers(settings: Settings, url: str, whole: Sequence[str], clock: Callable[[], float]) -> Sequence[Provider]:
    """Return the providers; what they stand on takes long to import, and is not where nobody signs in by them."""
    from headcount.server.web.sign_in.exchange import Exchange  # noqa: PLC0415
    from headcount.server.web.sign_in.github import GitHub  # noqa: PLC0415
    from headcount.server.web.sign_in.oidc import OpenIdConnect  # noqa: PLC0415

    exchange = Exchange()
    providers: list[Provider] = []
    if "GitHub" in whole:
        providers.append(GitHub(settings, url, exchange))
    if "OpenID Connect" in whole:
        providers.append(OpenIdConnect(settings, url, exchange, clock))
    return providers
