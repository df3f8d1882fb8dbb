"""Numbers and days as sentences have them."""

from __future__ import annotations

from datetime import date

from headcount.questions import FEW

_A_MONTH, _A_YEAR = 45, 400  # days up to which days and months are said


def count(number: int, noun: str = "") -> str:
    """Return a number with its noun, as ``1,946 masters`` or ``1 master``."""
    return f"{number:,}{' ' if noun else ''}{noun if number == 1 or not noun else f'{noun}s'}"


def share(part: int, whole: int) -> str:
    """Return a part of a whole as ``4.6%``, or as ``3 of 12`` where the whole is small; ``none`` of nobody."""
    if whole < FEW:
        return f"{part:,} of {whole:,}" if whole else "none"
    return percent(part / whole)


def part_of(part: int, whole: int, who: str = "") -> str:
    """Return a part of a whole with the whole, as ``4.6% of the 1,946 that say so``; ``who``: words after the whole."""
    of = f"of the {whole:,}{' ' if who else ''}{who}"
    return f"{part:,} {of}" if whole < FEW else f"{percent(part / whole)} {of}"


def percent(value: float) -> str:
    """Return a share from 0 to 1 in percent, as ``4.6%``, and ``19%`` from ten on."""
    return f"{value:.0%}" if value >= 0.0995 or value == 0 else f"{value:.1%}"


def signed(number: int) -> str:
    """Return a difference with its sign: ``+12``, ``\N{MINUS SIGN}3`` or ``0``."""
    return f"+{number:,}" if number > 0 else f"\N{MINUS SIGN}{-number:,}" if number < 0 else "0"


def ago(day: date, today: date) -> str:
    """Return how long before today a day was, as ``yesterday``, ``12 days ago`` or ``3 months ago``."""
    days = (today - day).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    if days <= _A_MONTH:
        return f"{days} days ago"
    return f"{round(days / 30.4)} months ago" if days < _A_YEAR else f"{days / 365.25:.1f} years ago"
