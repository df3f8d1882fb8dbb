"""Fields of a report, and ages of reports, in a maintainer's words."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.questions import Answer, Cell

_FIELDS: Mapping[str, str] = {
    "versions.Buildbot": "Buildbot's version",
    "versions.Python": "Python's version",
    "versions.Twisted": "Twisted's version",
    "versions.SQLAlchemy": "SQLAlchemy's version",
    "platform.system": "operating system",
    "platform.machine": "processor",
    "platform.distro": "distribution",
    "platform.version": "kernel",
    "platform.python_implementation": "kind of Python",
    "db": "database",
    "mq": "message queue",
    "plugins": "plugins",
    "www_plugins": "plugins of the web interface",
    "builders": "builders",
    "multi_master": "whether masters share a database",
    "build": "kind of build",
    "workers": "workers' versions",
    "db_driver": "database's driver",
    "db_server": "database's version",
    "hooks": "change hooks",
    "protocols": "workers' protocols",
    "configurators": "configurators",
    "factories": "factories",
    "variety": "variety of own classes",
    "unknown": "what no field holds",
}
_OF_FIELDS = ("field", "scrubbed")


def field_name(path: str) -> str:
    """Return what a field of the catalog is called, given its path; a path that is not known stays."""
    return _FIELDS.get(path, path)


def cell_in_words(answer: Answer, column: str, value: Cell | None) -> Cell | None:
    """Return a cell of an answer: of `coverage` a field as it is called, and days with their unit; any other as it is."""
    if answer.question == "coverage" and isinstance(value, str):
        if answer.by in _OF_FIELDS and column == "value":
            return field_name(value)
        if answer.by == "age" and column == "band":
            return f"{value} days"
    return value
