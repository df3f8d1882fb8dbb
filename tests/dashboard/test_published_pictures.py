"""Charts of a publication: they say no more than it does."""

from __future__ import annotations

from headcount.dashboard.charts import picture
from headcount.questions import Answer, Cell
from tests.support.made_answers import DAY, WHOLE


def test_what_a_publication_does_not_say_is_fewer_than_k() -> None:
    """And what noise adds up to more than all is all."""
    months: tuple[dict[str, Cell | None], ...] = tuple(
        {"period": f"2026-0{month}", "installations": 534, "share": 0.4, "new": None} for month in (8, 9)
    )
    seen = Answer("installs", "month", "confirmed", DAY, DAY, WHOLE, None, months, k=5)
    assert "534 in 2026-09, fewer than 5 of them for the first time" in picture(seen).summary
    bands: tuple[dict[str, Cell | None], ...] = tuple(
        {"plugin": "buildbot.steps.shell.Test", "kind": "step", "band": band, "installations": 454, "share": 0.51}
        for band in ("1", "2-5")
    )
    held = picture(Answer("plugins", "bands", "confirmed", DAY, DAY, WHOLE, None, bands, k=5))
    assert "102" not in held.wide + held.summary
    assert "Test 100.0%" in held.summary
