"""Charts of a publication: they say no more than it does."""

from __future__ import annotations

from headcount.dashboard.charts import picture
from headcount.questions import Answer, Cell
from tests.support.made_answers import DAY, WHOLE


def test_who_is_new_is_left_out() -> None:
    """Newcomers count from their second day on, so that the last months would seem to have none."""
    months: tuple[dict[str, Cell | None], ...] = tuple(
        {"period": f"2026-0{month}", "installations": 534, "share": 0.4, "new": None} for month in (8, 9)
    )
    seen = picture(Answer("installs", "month", "confirmed", DAY, DAY, WHOLE, None, months, k=5))
    assert seen.summary == "Installations seen in each period: 534 in 2026-09; most in 2026-08, 534."
    assert "new" not in seen.wide
    few = ({**months[0], "installations": None, "share": None},)
    assert "fewer than 5" in picture(Answer("installs", "month", "confirmed", DAY, DAY, WHOLE, None, few, k=5)).summary


def test_what_noise_adds_up_to_more_than_all_is_all() -> None:
    """A share of a publication is off by a little."""
    bands: tuple[dict[str, Cell | None], ...] = tuple(
        {"plugin": "buildbot.steps.shell.Test", "kind": "step", "band": band, "installations": 454, "share": 0.51}
        for band in ("1", "2-5")
    )
    held = picture(Answer("plugins", "bands", "confirmed", DAY, DAY, WHOLE, None, bands, k=5))
    assert "102" not in held.wide + held.summary
    assert "Test 100.0%" in held.summary
