"""A publication of a warehouse alone, for tests and measurements that keep no directory of publications."""

from __future__ import annotations

from collections.abc import Sequence

from headcount.questions import PUBLIC_TABLES, Publication, PublicTable, compute
from headcount.warehouse import Warehouse


def publish(
    warehouse: Warehouse,
    *,
    week: str,
    k: int,
    before: Publication | None = None,
    listed: Sequence[PublicTable] = PUBLIC_TABLES,
) -> Publication:
    """The publication of a week, after the publication ``before``. Raises `TooFew`, and ValueError for a wrong week or k."""
    with warehouse.snapshot() as snapshot:
        return compute(snapshot, week=week, k=k, before=before, listed=listed).publication
