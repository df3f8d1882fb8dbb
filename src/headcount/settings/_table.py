"""The table of all settings: its fields, and the name that each has as a flag and in the environment."""

from __future__ import annotations

import dataclasses
from typing import Any

from headcount.settings._collector import CollectorSettings
from headcount.settings._sign_in import SignInSettings
from headcount.settings._warehouse import WarehouseSettings


@dataclasses.dataclass(frozen=True)
class Settings(SignInSettings, WarehouseSettings, CollectorSettings):
    """What a server is told: what the collector itself is, where its warehouse is, and who may sign in."""

    def changed(self, other: Settings) -> tuple[list[str], list[str]]:
        """Return the names of the settings in which ``other`` differs: those that can change while it runs, and the rest."""
        names = [field.name for field in fields() if getattr(self, field.name) != getattr(other, field.name)]
        live = {field.name for field in fields() if field.metadata["live"]}
        return [name for name in names if name in live], [name for name in names if name not in live]


def fields() -> tuple[dataclasses.Field[Any], ...]:
    """Return the table: each field's metadata holds ``read``, ``meaning``, ``live``, ``metavar`` and ``secret``."""
    return dataclasses.fields(Settings)


def flag(name: str) -> str:
    """Return the flag of a setting, such as ``--trusted-proxies``; empty for a secret: others read a command line."""
    is_secret = {field.name: field.metadata["secret"] for field in fields()}[name]
    return "" if is_secret else "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """Return the environment variable of a setting, such as ``HEADCOUNT_TRUSTED_PROXIES``."""
    return "HEADCOUNT_" + name.upper()


def shown(value: object) -> str:
    """Return a value as the table shows it."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
