"""``python -m bench NAME [--json]``: measure one thing, or all of them where no name is given.

``python -m bench questions --engine cluster``: what it costs to grow, on that engine beside DuckDB.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys

NAMES = (
    "command",
    "client",
    "fields",
    "start",
    "reconfig",
    "opening",
    "ingest",
    "edge",
    "idle",
    "history",
    "store",
    "questions",
    "pages",
    "busy",
    "protection",
)


def main() -> int:
    """Print the figures; with ``--json`` one object of them as the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="what to measure (all)")
    parser.add_argument("--json", action="store_true", help="one object of figures as the last line")
    parser.add_argument(
        "--engine",
        action="append",
        choices=("duckdb", "clickhouse", "cluster"),
        help="of questions: one server of ClickHouse (clickhouse) or two shards (cluster) beside DuckDB, over sizes; "
        "may be given more than once (duckdb alone)",
    )
    options = parser.parse_args()
    if options.engine and options.name != "questions":
        parser.error("--engine is of questions alone")
    others = sorted({*(options.engine or ())} - {"duckdb"})
    figures: dict[str, float] = {}
    for name in [options.name] if options.name else NAMES:
        module = importlib.import_module("bench._growth" if others else f"bench.{name}")
        print(f"{name}: {str(module.__doc__).splitlines()[0]}")
        found: dict[str, float] = module.measure(others) if others else module.measure()
        for key, value in found.items():
            print(f"  {key:32} {value:>12,}")
        figures.update(found)
    if options.json:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
