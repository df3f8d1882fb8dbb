"""The badge: how many installations are alive, as a small picture for a project's own page."""

from __future__ import annotations

from headcount.dashboard._site import environment
from headcount.questions import Publication

_LABEL = "installations alive"
_WIDE = 6.6  # pixels of a character at 11 px, on average; `textLength` makes it so in any font
_MARGIN = 12


def badge(publication: Publication | None) -> bytes:
    """Return the badge as SVG; ``publication``: the last one, None where nothing is published."""
    value = _value(publication)
    label_width, value_width = (round(len(text) * _WIDE) for text in (_LABEL, value))
    return (
        environment()
        .get_template("badge.svg")
        .render(label=_LABEL, value=value, label_width=label_width, value_width=value_width, margin=_MARGIN)
        .encode()
    )


def short(count: int) -> str:
    """Return a count in three digits at most: 987, 2.3k, 45k, 1.2M."""
    if count < 1000:
        return str(count)
    size, unit = (1e3, "k") if count < 999_500 else (1e6, "M")
    value = count / size
    return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"


def _value(publication: Publication | None) -> str:
    if publication is None:
        return "not published yet"
    rows = publication.table("installs", "state").rows
    alive = next(row["installations"] for row in rows if row["state"] == "alive")
    return f"fewer than {publication.k}" if alive is None else short(int(alive))
