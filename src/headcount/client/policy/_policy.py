"""What a site allows its masters, from files and the environment, and a setting held to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Callable

from headcount.client._collector import canonical
from headcount.client._settings import OFF, ON, Mistake, Setting, check_url, show
from headcount.client.policy._file import DEFAULT_PATH, WrongFile, options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVELS = ("off", "basic", "full")
"""The values of ``reporting``, from the least that may leave a master to the most."""
OPTIONS = ("reporting", "url", "notices")
"""What a policy may say; each has a variable too."""
_PREFIX = "HEADCOUNT_"
_FILE = "HEADCOUNT_POLICY"


class WrongPolicy(ValueError):
    """A policy cannot be read or is wrong, so that nothing may be sent; the message says where and why."""


@dataclass(frozen=True)
class Policy:
    """What no configuration of a master can exceed.

    ``level``: the highest of `LEVELS` that is allowed; ``url``: the collector that gets all reports, None where each
    configuration names its own; ``notices``: whether the maintainers' notices may be fetched; ``sources``: the files
    and variables that say so, none where there is no policy.
    """

    level: str = "full"
    url: str | None = None
    notices: bool = True
    sources: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where it stands, for a person."""
        return " and ".join(self.sources)

    def __str__(self) -> str:
        limits = "reporting off" if self.level == "off" else f"reporting {self.level} at most"
        collector = "" if self.url is None else f", to {self.url}"
        return f"{limits}{collector}{'' if self.notices else ', notices off'}"


NONE = Policy()
"""The policy of a site that has none."""


def in_force(environment: Mapping[str, str], default: str = DEFAULT_PATH) -> Policy:
    """Return the policy that the file ``default``, the file that ``HEADCOUNT_POLICY`` names, and the variables
    ``HEADCOUNT_REPORTING``, ``HEADCOUNT_URL`` and ``HEADCOUNT_NOTICES`` set together.

    All that is set holds, so that nobody goes beyond a file by the environment: the lowest level, no notices where
    one says off; of several urls that of the first, in this order. Raises `WrongPolicy`.
    """
    try:
        found = [(default, options(default, may_be_missing=True))]
        named = environment.get(_FILE, "").strip()
        if named and not named.startswith("/"):
            raise WrongPolicy(f"{_FILE} must be the absolute path of a file; it is {show(named)}")
        if named:
            found.append((named, options(named, may_be_missing=False)))
    except WrongFile as wrong:
        raise WrongPolicy(str(wrong)) from wrong
    policies = [_policy(path, f"of the policy {path}", given) for path, given in found if given is not None]
    for option in OPTIONS:
        variable = f"{_PREFIX}{option.upper()}"
        value = environment.get(variable, "").strip()
        if value:
            policies.append(_policy(variable, f"of the variable {variable}", {option: value}))
    return _strictest(policies)


def _policy(source: str, where: str, given: Mapping[str, str]) -> Policy:
    unknown = sorted(given.keys() - set(OPTIONS))
    if unknown:
        raise WrongPolicy(f"{show(unknown[0])} is no option {where}: there are {', '.join(OPTIONS)}")
    level = given.get("reporting", "full").lower()
    if level not in LEVELS:
        raise WrongPolicy(f"the value of reporting {where} must be off, basic or full; it is {show(level)}")
    notices = given.get("notices", "on").lower()
    if notices not in (*ON, *OFF):
        raise WrongPolicy(f"the value of notices {where} must be on or off; it is {show(notices)}")
    url = given.get("url")
    if url is not None:
        if not url.isprintable():  # a value of several lines, which would be joined
            raise WrongPolicy(f"the url {where} must be one line")
        try:
            check_url(url, where)
        except Mistake as mistake:
            raise WrongPolicy(str(mistake)) from mistake
    return Policy(level, url, notices in ON, (source,))


def _strictest(policies: Sequence[Policy]) -> Policy:
    if not policies:
        return NONE
    return Policy(
        min((policy.level for policy in policies), key=LEVELS.index),
        next((policy.url for policy in policies if policy.url is not None), None),
        all(policy.notices for policy in policies),
        tuple(source for policy in policies for source in policy.sources),
    )


def applied(policy: Policy, setting: Setting) -> Setting:
    """Return a setting as far as a policy allows it; its level is None where that allows no report.

    The name that a configuration gives its collector goes with its url: another collector gets an id and a secret of
    its own.
    """
    if policy.level == "off":
        return replace(setting, level=None, function=None)
    if policy.level == "basic" and setting.level == "full":
        setting = replace(setting, level="basic")
    elif policy.level == "basic" and setting.level == "custom":
        setting = replace(setting, most="basic")
    if not policy.notices:
        setting = replace(setting, notices=False)
    if policy.url is not None and canonical(policy.url) != canonical(setting.url):
        setting = replace(setting, url=policy.url, collector=canonical(policy.url))
    return setting


def allowed(setting: Setting, environment: Mapping[str, str], say: Callable[[str], None]) -> Setting | None:
    """Return a setting as far as the policy in force allows it, or None where nothing may be sent, and ``say`` why."""
    try:
        policy = in_force(environment)
    except WrongPolicy as wrong:
        say(f"nothing is reported: {wrong}")
        return None
    held = applied(policy, setting)
    if held.level is None:
        say(f"nothing is reported: the policy {policy.source} switches reporting off")
        return None
    if held != setting:
        say(f"the policy {policy.source} applies: {policy}")
    return held
