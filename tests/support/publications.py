"""Publications written by hand, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headcount.questions import Answer, Cell, Grain, Publication, last_day

Row = tuple[Cell | None, ...]
OF = 1000
"""Installations of which the shares of `table` are."""


def table(question: str, by: str, rows: Sequence[Row], *, week: str = "2026-W48", grain: Grain | None = None) -> Answer:
    """A published table; a row: its keys and its count, None where it is not said."""
    last = last_day(week)
    columns = _KEYS.get(question, ("value",))
    made = [_row((*columns, "installations"), row) for row in rows]
    return Answer(question, by, "confirmed", last, last, OF, None, tuple(made), k=5, grain=grain)


def _row(names: Sequence[str], row: Row) -> Mapping[str, Cell | None]:
    number = row[-1]
    more = {"customized": 0} if "plugin" in names else {"new": 0} if "period" in names else {}
    share = None if number is None else int(number) / OF
    return {**dict(zip(names, row, strict=True)), "share": share, **more}


_KEYS = {"installs": ("state",), "versions": ("version",), "plugins": ("plugin", "kind"), "sizes": ("band",),
         "customization": ("band",)}  # fmt: skip

FLEET = (
    table("installs", "state", [("alive", 1523), ("new", None), ("lapsed", 90)]),
    table("versions", "buildbot", [("4.4", 17), ("4.3", 670), ("2.10", 49), ("rare", 700)], grain="series"),
    table(
        "versions", "python", [("3.14", 100), ("3.12", 500), ("3.9", 60), ("2.7", 31), ("rare", None)], grain="series"
    ),
    table(
        "plugins",
        "all",
        [
            ("buildbot.config.builder.BuilderConfig", "builder", 1000),
            ("buildbot.steps.shell.ShellCommand", "step", 900),
            ("buildbot.steps.source.git.Git", "step", 700),
            ("rare", "step", None),
        ],
    ),
    table("environments", "system", [("Linux", 905), ("Windows", None)]),
    table("environments", "db", [("sqlite", None), ("rare", None)]),
    table("sizes", "builders", [("1", 40), ("2-5", 360), ("6-20", 430)]),
)
"""Tables of a fleet of some 1,500 masters."""


def publication(week: str = "2026-W48", tables: Sequence[Answer] = FLEET) -> Publication:
    """A publication with these tables."""
    return Publication(week, 5, tuple(tables), week)
