"""The configurator in ``master.cfg``: reads the administrator's key, silences stock, and adds the service."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing's own, without its import
if TYPE_CHECKING:
    from typing import Any

_ABSENT = object()
_OFTEN = 100  # times that the closing configurator makes itself the last one
_PATIENCE = 60.0  # seconds of the running master until a configurator that had no turn is told
NO_TURN = (
    "util.UsageData is in master.cfg, but not among c['configurators'] when Buildbot goes over them, so that Buildbot's own "
    "reporter is not silenced: add it with c.setdefault('configurators', []).append(...), and take nothing out of that list"
)
waiting: list[UsageData] = []
"""Those that were made and have not had their turn yet."""
_unrestored: list[Any] = []
"""The dictionary of a configuration that is being loaded, or whose loading was aborted: its key is hidden."""
_NOT_LAST = (
    "nothing is sent: c['configurators'] is no list, and what comes after util.UsageData in it could change the level: "
    "make it a list"
)
_NEVER_LAST = "nothing is sent: the configurators append others without an end, which could change the level"


class UsageData:
    """A configurator that makes a master report to the collector at ``url``.

    ``c['buildbotNetUsageData']``, or ``level`` where that key is missing, sets how much is reported:
    ``None``, ``'basic'``, ``'full'`` or a function. With ``every``, a ``timedelta`` of whole days, the
    master also reports periodically. With ``id='random'`` it reports under a random id, stored in its
    directory, in place of stock Buildbot's id. ``collector`` names the collector, so that the master stays
    the same installation where the collector moves to another url. ``notices=False`` keeps it from fetching the
    collector's notices. A wrong value, or a key and a ``level``
    that differ, are configuration errors. No other error here reaches the master.
    """

    turns = 0
    """How many configurations this process has completed."""

    def __init__(
        self,
        url: str,
        level: Any = _ABSENT,
        every: Any = None,
        id: Any = None,  # noqa: A002  # in master.cfg
        *,
        collector: Any = None,
        notices: Any = True,
    ) -> None:
        self.url = url
        self.level = level
        self.every = every
        self.id = id
        self.collector = collector
        self.notices = notices
        self.timer: Any = None
        waiting.append(self)
        try:
            _provide(self)
            self._tell_later()
        except Exception as error:  # Buildbot will name the missing interface; we stop nothing
            _log(f"the reporter cannot be used with this Buildbot: {type(error).__name__}")

    def configure(self, config_dict: dict[str, Any]) -> None:
        """Have the service added, and Buildbot's own reporter silenced, after all other configurators.

        They may change the key, so the last word is with a closing configurator, which is appended to the list
        that Buildbot goes over. The dictionary is changed only while the configuration is loaded: a dictionary
        that ``master.cfg`` imports from a module outlives a reconfig, and must then be as the administrator left
        it.
        """
        try:
            configurators = config_dict.get("configurators")
            if configurators is None:
                config_dict["configurators"] = configurators = _Made()
            if type(configurators) in (list, _Made):
                self._close_with(configurators)
            elif isinstance(configurators, (list, tuple)) and configurators and configurators[-1] is self:
                _complete(self, config_dict, configurators)
            else:
                _complete(self, config_dict, (), refused=_NOT_LAST)
        except Exception as error:
            _log_failure(error)

    def _close_with(self, configurators: list[Any]) -> None:
        closings = [each for each in configurators if isinstance(each, _Closing)]
        others = [each for each in closings if each.usage_data is not self]
        for stale in closings if not others else ():  # of a loading that was aborted
            configurators.remove(stale)
        if not others:
            configurators.append(_Closing(self, configurators))
        elif not others[0].is_doubled:
            others[0].is_doubled = True  # one message is enough
            from buildbot.config import error

            error("c['configurators'] holds more than one util.UsageData: leave one of them")

    def service(self, found: Any, www: tuple[str, ...], classes: tuple[type, ...], *, hidden: bool) -> Any:
        """Return the service that reports, or None where nothing is to be reported; mistakes are told to Buildbot.

        ``found``: the value of the key; ``www``: the names of the web interface's plugins; ``classes``: those of the
        other configurators; ``hidden``: a broken configuration hid the key.
        """
        import os

        from headcount.client import policy
        from headcount.client._settings import Configurators, Mistake, choose, switched_off

        key = () if found is _ABSENT else (found,)
        level = () if self.level is _ABSENT or hidden else (self.level,)  # the administrator may not have given both
        try:
            setting = choose(self.url, key, level, self.every, self.id, collector=self.collector, notices=self.notices)
        except Mistake as mistake:
            from buildbot.config import error

            error(str(mistake))
            return None
        switch = switched_off(os.environ)
        if switch is not None:
            _log(f"nothing is reported: {switch} is set in the environment")
            return None
        if setting.level is None:
            _log("nothing is reported: the level is None")
            return None
        allowed = policy.allowed(setting, os.environ, _log)
        if allowed is None:
            return None
        from headcount.client._service import UsageDataService

        return UsageDataService(setting=allowed, www=www, configurators=Configurators(classes))

    def _tell_later(self) -> None:
        """Have the running master's log say so where this configurator never had its turn."""
        reactor = sys.modules.get("twisted.internet.reactor")
        if reactor is None:
            return

        def tell() -> None:
            if _end_waiting(self) and not UsageData.turns:  # after a turn it is the configuration before that counts
                _log(f"nothing is reported: {NO_TURN}")

        def begin() -> None:
            if self in waiting:
                self.timer = reactor.callLater(_PATIENCE, tell)

        if reactor.running:
            reactor.callFromThread(begin)  # a configuration is loaded in a thread
        else:
            reactor.callWhenRunning(begin)


def _complete(
    usage_data: UsageData,
    config_dict: dict[str, Any],
    configurators: list[Any] | tuple[Any, ...],
    refused: str | None = None,
) -> None:
    """Read the key, silence stock, and add the service, unless it is ``refused`` for a reason."""
    from headcount.client._settings import NAME

    _end_waiting(usage_data)
    UsageData.turns += 1
    found = config_dict.get(NAME, _ABSENT)
    config_dict[NAME] = None
    put_back = _PutBack(config_dict, NAME, found)
    services = config_dict.get("services", _ABSENT)
    if isinstance(services, _Loaded):  # the last loading was aborted
        services = services.found
    # Where it was, None was set by us or by the administrator: then nothing may be sent.
    hidden = found is None and any(each is config_dict for each in _unrestored)
    if hidden:
        _log("c['buildbotNetUsageData'] is taken for None: a broken configuration hid it, until a restart")
    _unrestored[:] = [config_dict]
    ours: list[Any] = []
    try:
        if refused is None:
            classes = tuple(type(each) for each in configurators if type(each) is not UsageData)
            service = usage_data.service(found, _www(config_dict), classes, hidden=hidden)
            ours = [] if service is None else [service]
        else:
            _log(refused)
    finally:
        before = () if services is _ABSENT else services
        others = [service for service in before if not _is_ours(service)]  # an aborted loading leaves one
        config_dict["services"] = _Loaded([*others, *ours], services, config_dict, put_back)


def _end_waiting(usage_data: UsageData) -> bool:
    """Return whether a configurator waited for its turn; it waits no more."""
    if usage_data not in waiting:
        return False
    waiting.remove(usage_data)
    timer, usage_data.timer = usage_data.timer, None
    if timer is not None:
        sys.modules["twisted.internet.reactor"].callFromThread(lambda: timer.active() and timer.cancel())
    return True


def _www(config_dict: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the web interface's plugins. A master before Buildbot 4.0 takes those without a page out later."""
    www = config_dict.get("www")
    plugins = www.get("plugins") if isinstance(www, dict) else None
    return tuple(plugins) if isinstance(plugins, dict) else ()


def _is_ours(service: Any) -> bool:
    return getattr(type(service), "__module__", None) == "headcount.client._service"


class _Made(list):  # type: ignore[type-arg]
    """The list of configurators of a configuration that has none."""


class _Closing:
    """The last configurator: completes the configuration when no other one can change it any more."""

    def __init__(self, usage_data: UsageData, configurators: list[Any]) -> None:
        self.usage_data = usage_data
        self.is_doubled = False
        self._configurators = configurators
        self._turns = 0
        _provide(self)

    def configure(self, config_dict: dict[str, Any]) -> None:
        """Complete the configuration, or move to the end where another one was appended meanwhile."""
        try:
            self._turns += 1
            if self._configurators[-1] is self:
                # Buildbot has come to the end, so that it misses none by what is taken out before.
                self._configurators[:] = [each for each in self._configurators if not isinstance(each, _Closing)]
                if isinstance(self._configurators, _Made) and config_dict.get("configurators") is self._configurators:
                    del config_dict["configurators"]
                _complete(self.usage_data, config_dict, self._configurators)
            elif self._turns < _OFTEN:
                self._configurators.append(self)
            elif self._turns == _OFTEN:
                _complete(self.usage_data, config_dict, (), refused=_NEVER_LAST)
        except Exception as error:
            _log_failure(error)


class _PutBack:
    """Restores the value of a key of a dictionary."""

    def __init__(self, config_dict: dict[str, Any], key: str, value: Any) -> None:
        self._config_dict, self._key, self._value = config_dict, key, value

    def __call__(self) -> None:
        if self._value is _ABSENT:
            self._config_dict.pop(self._key, None)
        else:
            self._config_dict[self._key] = self._value


class _Loaded(list):  # type: ignore[type-arg]
    """The services while a configuration is loaded. When Buildbot has read them, the dictionary is
    restored.

    Every release of Buildbot reads the services after the key, and goes over them once. A release that reads
    the key later would wake its own reporter: then ours is silent, as the service says at its start.
    """

    def __init__(self, services: list[Any], found: Any, config_dict: dict[str, Any], put_back: _PutBack) -> None:
        super().__init__(services)
        self.found = found
        self._put_back = (put_back, _PutBack(config_dict, "services", found))

    def __iter__(self) -> Any:
        yield from list.__iter__(self)
        for put_back in self._put_back:
            put_back()
        _unrestored.clear()


def _provide(configurator: Any) -> None:
    from buildbot.interfaces import IConfigurator
    from zope.interface import directlyProvides

    directlyProvides(configurator, IConfigurator)


def _log_failure(error: Exception) -> None:
    _log(
        f"nothing will be reported: {type(error).__name__} while the reporter was configured; Buildbot's own reporter may "
        "not be silenced"
    )


def _log(text: str) -> None:
    from twisted.python import log

    log.msg(f"headcount: {text}")
