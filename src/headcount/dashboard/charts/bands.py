"""A strip for each name, in a shade for each band."""

from __future__ import annotations

from headcount.dashboard.charts._colours import ACCENT
from headcount.dashboard.charts._lanes import GAP, from_zero, laid_out
from headcount.dashboard.charts._rows import published
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._swatches import draw_swatches
from headcount.dashboard.charts._text import text_width
from headcount.dashboard.charts._words import class_labels, of_whom
from headcount.questions import Answer, listed

_HALF = 6.0  # pixels: of a strip's height
_SHADES = (0.1, 0.3, 0.5, 0.75, 1.0)


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the bands of all names, the smallest first, each with an outline; the share of all bands stands at the end."""
    sketch = Sketch(width)
    names = list(dict.fromkeys(str(row["band"]) for row in answer.rows))
    names.sort(key=lambda name: (name.startswith("more"), int(name.split("-")[0]) if name[0].isdigit() else 0))
    shades = {name: _SHADES[min(number, len(_SHADES) - 1)] for number, name in enumerate(names)}
    top = draw_swatches(sketch, [(name, ACCENT, shades[name]) for name in names])
    shares = _shares(answer)
    placed = laid_out(sketch, class_labels(list(shares)), top + 4)
    totals = [sum(found.values()) for found in shares.values()]
    said = [f"{_whole(total):.1%}" for total in totals]
    ends = [(total, text_width(text)) for total, text in zip(totals, said, strict=True)]
    at = from_zero(ends, placed.left, width)
    for found, total, text, y in zip(shares.values(), totals, said, placed.middles, strict=True):
        start = 0.0
        for name in names:
            end = start + found.get(name, 0.0)
            if end > start:
                sketch.rectangle(
                    (at(start), y - _HALF, at(end), y + _HALF), ACCENT, opacity=shades[name], outline=ACCENT
                )
            start = end
        sketch.text(at(total) + GAP, y, text)
    placed.draw_start(sketch)
    return sketch


def tell(answer: Answer, _: Answer | None) -> str:
    """Return which names most have, and which band of them most are in."""
    shares = _shares(answer)
    first = dict(list(shares.items())[:3])
    said = [
        f"{label.text} {_whole(sum(found.values())):.1%}, most of these {max(found, key=found.__getitem__)}"
        for label, found in zip(class_labels(list(first)), first.values(), strict=True)
    ]
    return f"How many each installation has: {listed(said)}. {of_whom(answer)}".rstrip()


def _whole(share: float) -> float:
    """Return a sum of shares, of which noise makes no more than all."""
    return min(share, 1.0)


def _shares(answer: Answer) -> dict[str, dict[str, float]]:
    key = answer.columns()[0]
    shares: dict[str, dict[str, float]] = {}
    for row in published(answer):
        shares.setdefault(str(row[key]), {})[str(row["band"])] = float(row["share"] or 0)
    return dict(sorted(shares.items(), key=lambda item: -sum(item[1].values())))
