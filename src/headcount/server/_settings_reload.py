"""Reading the settings again while a server runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from headcount.settings import BadSettings, Settings


class Reload:
    """Reads the settings again, at SIGHUP, and says what came of it. Settings that are wrong change nothing."""

    def __init__(
        self,
        settings: Settings,
        read: Callable[[], Settings],
        apply: Callable[[Settings], None],
        say: Callable[[str], None],
    ) -> None:
        """``settings``: those of now; ``read`` reads others, ``apply`` takes them up, ``say`` gets lines for a person."""
        self.settings = settings
        self._read = read
        self._apply = apply
        self._say = say

    def __call__(self) -> None:
        """Read again and apply."""
        try:
            fresh = self._read()
        except BadSettings as error:
            self._say(f"The settings are left as they are: {error}.")
            return
        live, rest = self.settings.changed(fresh)
        self._apply(fresh)
        self.settings = dataclasses.replace(self.settings, **{name: getattr(fresh, name) for name in live})
        self._say(f"The settings were read again; changed: {', '.join(live) or 'nothing'}.")
        if rest:
            self._say(f"A restart is needed to change {', '.join(rest)}.")
