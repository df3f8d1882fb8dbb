"""Where the bytes of a DuckDB file are."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import duckdb

_SEGMENTS = """
SELECT block_id, block_offset, len(coalesce(additional_block_ids, []))
FROM pragma_storage_info($name) WHERE persistent AND block_id >= 0"""


def room(path: Path) -> dict[str, int]:
    """Bytes by table, largest first, and ``free``: blocks that hold nothing, ends of blocks, headers.

    A segment reaches from where it begins to where the next one in its block does; the last one to the end of the block.
    """
    with duckdb.connect(str(path), read_only=True) as db:
        size, block = db.execute(
            "SELECT total_blocks * block_size, block_size FROM pragma_database_size()"
        ).fetchone() or (0, 0)
        blocks: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        found: Counter[str] = Counter()
        for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            for where, offset, more in db.execute(_SEGMENTS, {"name": name}).fetchall():
                blocks[where][offset].add(name)
                found[name] += more * block
    for offsets in blocks.values():
        for start, end in zip(sorted(offsets), [*sorted(offsets)[1:], block], strict=True):
            for name in offsets[start]:
                found[name] += (end - start) // len(offsets[start])
    found["free"] = size - sum(found.values())
    return dict(found.most_common())
