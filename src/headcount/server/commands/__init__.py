"""What an operator does to a data directory: one module for each command, one table of them, one way to carry them.

A command is a function over the open data, from JSON to JSON. `run` does it through the server that runs on the data
directory, or on the data itself where no server runs. This module and `connection` import nothing that only a server needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from headcount._refused import Refused
from headcount.server.commands.connection import LONG, exchange, receive, running_server
from headcount.server.commands.handed_out import Handing, Store
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.given import NOTHING, Given
from headcount.server.data.owner import acting_as_owner

if TYPE_CHECKING:
    from headcount.server.data.opened import OpenData

__all__ = ["COMMANDS", "NOTHING", "Command", "Given", "fetch", "refuse_other_warehouse", "run", "work_of"]

Work = Callable[["OpenData", Mapping[str, Any]], Any]


class Command(NamedTuple):
    """A command of the table.

    ``work``: where its function is, as ``module:function`` in this package; ``creates``: whether it makes the data
    directory where there is none; ``served``: whether a server can do it, which keeps its data open meanwhile.
    """

    work: str
    creates: bool = False
    served: bool = True


COMMANDS: Mapping[str, Command] = {
    "address": Command("address:address"),
    "ask": Command("ask:ask"),
    "ask-published": Command("ask:ask_published"),
    "backup": Command("backup:backup"),
    "doctor": Command("doctor:examine"),
    "erase": Command("installations:erase"),
    "export": Command("export:export"),
    "freeze": Command("freeze:freeze"),
    "lookup": Command("installations:look_up"),
    "notices": Command("notices:notices"),
    "publish": Command("publish:publish"),
    "record": Command("ask:record"),
    "restore": Command("restore:restore", creates=True, served=False),
    "rotate-key": Command("rotate_key:rotate_key", served=False),
    "simulate": Command("simulate:claim", creates=True),
    "token": Command("tokens:make", creates=True),
    "token-list": Command("tokens:list_all"),
    "token-revoke": Command("tokens:revoke"),
}
"""Every command on a data directory, but for the parts that bring reports by the thousand: `history` and `simulate`."""


def work_of(name: str) -> Work:
    """Return the function of a command. Raises KeyError where there is no such command."""
    module, _, function = COMMANDS[name].work.partition(":")
    work: Work = getattr(import_module(f"{__name__}.{module}"), function)
    return work


def run(path: Path, name: str, /, *, given: Given = NOTHING, patience: float = LONG, **arguments: Any) -> Any:
    """Do a command on a data directory, as its owner where root runs it; return what its function returns, as JSON has it.

    ``given``: what was said of the warehouse; ``patience``: seconds that a server may take for its answer. Raises `Refused`.
    """
    with ExitStack() as stack, acting_as_owner(path):
        directory, connection = _reach(path, name, given, stack)
        if connection is None:
            return _do(directory, name, given, arguments)
        reply = exchange(connection, "POST", f"/commands/{name}", arguments, patience=patience)
        if "refused" in reply.body:
            raise Refused(reply.body["refused"])
        return reply.expect(200)["result"]


def fetch(path: Path, name: str, store: Store, /, *, given: Given = NOTHING, **arguments: Any) -> Any:
    """Do a command that hands out files; give each to ``store``, and return the result.

    ``store`` is called as who runs the command, so that the files are theirs, and lie where they may write. Raises
    `Refused`, and what ``store`` raises.
    """
    with ExitStack() as stack:
        with acting_as_owner(path):
            directory, connection = _reach(path, name, given, stack)
            handed: Handing = (
                stack.enter_context(_do(directory, name, given, arguments))
                if connection is None
                else receive(connection, f"/commands/{name}", arguments)
            )
        handed.give(store)
        return handed.result


def _reach(path: Path, name: str, given: Given, stack: ExitStack) -> tuple[DataDirectory, HTTPConnection | None]:
    """Return the data directory, and a connection to the server that does the command, closed with ``stack``."""
    command = COMMANDS[name]
    directory = open_directory(path, create=command.creates)
    if given.warehouse is not None:
        refuse_other_warehouse(directory, given)
    return directory, stack.enter_context(running_server(directory)) if command.served else None


def refuse_other_warehouse(directory: DataDirectory, given: Given) -> None:
    """Raise `Refused` where the directory's warehouse is elsewhere than was said."""
    from headcount.server.data.stores import store_of, warehouse_settings  # noqa: PLC0415  # only where it was said

    store_of(directory, warehouse_settings(given))


def _do(directory: DataDirectory, name: str, given: Given, arguments: Mapping[str, Any]) -> Any:
    """Do a command here, where no server runs."""
    from headcount.server.data.opened import opened  # noqa: PLC0415  # only where no server runs
    from headcount.server.data.refusal import refusing  # noqa: PLC0415

    with refusing(), opened(directory, given) as data:
        return work_of(name)(data, arguments)
