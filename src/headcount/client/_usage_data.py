"""The configurator in ``master.cfg``: reads the administrator's key, silences stock, and adds the service."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing's own, without its import
if TYPE_CHECKING:
    from typing import Any

KEY = "buildbotNetUsageData"
_ABSENT = object()


class UsageData:
    """A configurator that makes a master report to the collector at ``url``.

    ``c['buildbotNetUsageData']``, or ``level`` where that key is missing, sets how much is reported:
    ``None``, ``'basic'``, ``'full'`` or a function. With ``every``, a ``timedelta`` of whole days, the
    master also reports periodically. With ``id='random'`` it reports under a random id, stored in its
    directory, in place of stock Buildbot's id. ``collector`` names the collector, so that the master stays
    the same installation where the collector moves to another url. A wrong value, or a key and a ``level``
    that differ, are configuration errors. No other error here reaches the master.
    """

    def __init__(
        self,
        url: str,
        level: Any = _ABSENT,
        every: Any = None,
        id: Any = None,  # noqa: A002  # in master.cfg
        *,
        collector: Any = None,
    ) -> None:
        self.url = url
        self.level = level
        self.every = every
        self.id = id
        self.collector = collector
        try:
            from buildbot.interfaces import IConfigurator
            from zope.interface import directlyProvides

            directlyProvides(self, IConfigurator)
        except Exception as error:  # Buildbot will name the missing interface; we stop nothing
            _log(f"the reporter cannot be used with this Buildbot: {type(error).__name__}")

    def configure(self, config_dict: dict[str, Any]) -> None:
        """Add the reporting service to a configuration, and silence Buildbot's own reporter.

        The dictionary is changed only while the configuration is loaded: a dictionary that ``master.cfg``
        imports from a module outlives a reconfig, and must then be as the administrator left it.
        """
        found = config_dict.get(KEY, _ABSENT)
        config_dict[KEY] = None
        put_back = _PutBack(config_dict, KEY, found)
        services = config_dict.get("services", _ABSENT)
        hidden = False
        if isinstance(services, _Loaded):  # the last loading was aborted
            services = services.found
            hidden = found is None  # set by us or by the administrator: then nothing may be sent
            if hidden:
                _log("c['buildbotNetUsageData'] is taken for None: a broken configuration hid it, until a restart")
        ours: list[Any] = []
        try:
            self._check_alone(config_dict.get("configurators"))
            service = self._service(found, hidden=hidden)
            if service is not None:
                ours.append(service)
        except Exception as error:
            _log(f"nothing will be reported: {type(error).__name__} while the reporter was configured")
        before = [] if services is _ABSENT else services
        if isinstance(before, (list, tuple)):
            others = [service for service in before if not _is_ours(service)]  # an aborted loading leaves one
            config_dict["services"] = _Loaded([*others, *ours], services, config_dict, put_back)

    def _check_alone(self, configurators: Any) -> None:
        given = configurators if isinstance(configurators, (list, tuple)) else ()
        alike = [each for each in given if isinstance(each, UsageData)]
        if len(alike) > 1 and alike[0] is self:  # each of them is asked, but one message is enough
            from buildbot.config import error

            error("c['configurators'] holds more than one util.UsageData: leave one of them")

    def _service(self, found: Any, *, hidden: bool) -> Any:
        import os

        from headcount.client._settings import Mistake, choose, switched_off

        key = () if found is _ABSENT else (found,)
        level = () if self.level is _ABSENT or hidden else (self.level,)  # the administrator may not have given both
        try:
            setting = choose(self.url, key, level, self.every, self.id, collector=self.collector)
        except Mistake as mistake:
            from buildbot.config import error

            error(str(mistake))
            return None
        switch = switched_off(os.environ)
        if switch is not None:
            _log(f"nothing is reported: {switch} is set in the environment")
            return None
        if setting.level is None:
            return None
        from headcount.client._service import UsageDataService

        return UsageDataService(setting=setting)


def _is_ours(service: Any) -> bool:
    return getattr(type(service), "__module__", None) == "headcount.client._service"


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

    Every release of Buildbot reads the services after the key, and iterates over them once, in
    ``load_services``. Other configurators may iterate before, when the key must still be silent.
    """

    def __init__(self, services: list[Any], found: Any, config_dict: dict[str, Any], put_back: _PutBack) -> None:
        super().__init__(services)
        self.found = found
        self._put_back = (put_back, _PutBack(config_dict, "services", found))

    def __iter__(self) -> Any:
        reader = sys._getframe(1).f_code.co_name  # noqa: SLF001  # nothing else tells who iterates
        yield from list.__iter__(self)
        if reader == "load_services":
            for put_back in self._put_back:
                put_back()


def _log(text: str) -> None:
    from twisted.python import log

    log.msg(f"headcount: {text}")
