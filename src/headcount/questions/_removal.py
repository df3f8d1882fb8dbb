"""What maintainers think of removing in the next release: a condition, with a line that says why."""

from __future__ import annotations

from typing import NamedTuple

from headcount.questions._spelling import plain

LONGEST_REASON = 200
"""Characters of the line that says why, at most."""


class BadRemoval(ValueError):
    """What cannot be kept as a removal; ``problems``: a sentence by the field, ``where`` or ``why``."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class Removal(NamedTuple):
    """What may be removed: whoever ``where`` is true of would be left behind; ``why`` is a line of text, or empty."""

    where: str
    why: str

    @classmethod
    def from_text(cls, where: str, why: str) -> Removal:
        """Read a removal; blanks at the ends and line ends are left out. Raises `BadRemoval`."""
        removal = cls(where.strip(), " ".join(why.split()))
        problems = {}
        try:
            plain(removal.where)
        except ValueError as error:
            problems["where"] = str(error) if removal.where else "give a condition, such as python < 3.10"
        if len(removal.why) > LONGEST_REASON:
            problems["why"] = f"this has {len(removal.why):,} characters: {LONGEST_REASON} are the most"
        if not removal.why.isprintable():
            problems["why"] = "this has characters that cannot be shown"
        if problems:
            raise BadRemoval(problems)
        return removal
