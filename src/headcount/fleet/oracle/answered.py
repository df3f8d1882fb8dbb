"""The fields of the catalog that a report answers, by its truth."""

from __future__ import annotations

from headcount.fleet._truth import Truth

FIELDS = (
    "versions.Buildbot", "versions.Python", "versions.Twisted", "versions.SQLAlchemy", "platform.system",
    "platform.machine", "platform.distro", "platform.version", "platform.python_implementation", "db", "mq", "plugins",
    "www_plugins", "builders", "multi_master", "build", "workers", "db_driver", "db_server", "hooks", "protocols",
    "configurators", "factories", "variety",
)  # fmt: skip
"""Every field, in the order of the documentation."""

_NAMES = {
    "platform.version": "kernel",
    "platform.python_implementation": "implementation",
    "www_plugins": "www",
    "builders": "pipelines",
    "db_driver": "driver",
    "db_server": "server",
}


def answered(truth: Truth, path: str) -> bool:
    """Return whether a report answers a field; an empty value is an answer too.

    ``plugins at full``: the plugins with the kinds that only full reports of ours count.
    """
    if path == "plugins at full":
        return truth.plugins is not None and truth.sender == "headcount" and truth.level != "basic"
    section, _, product = path.partition(".")
    if section == "versions":
        return product.lower() in truth.versions
    return getattr(truth, _NAMES.get(path, product or section)) is not None
