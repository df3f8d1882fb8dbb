"""Public forms of single values and words."""

from __future__ import annotations

import re

from headcount.contract._catalog import CATALOG, KEYS, SECTIONS
from headcount.contract._distributions import DISTRIBUTIONS
from headcount.contract._forms import Notes
from headcount.contract._vocabulary import vocabulary

_FIELDS = {field.path: field for field in CATALOG}


def is_public(path: str, text: str) -> bool:
    """Return whether a text may stand in the field at ``path`` unchanged: it is published, or a version.

    For a field of names (classes, plugins), the text is a single name.
    """
    return _FIELDS[path].form.holds(text, vocabulary())


def public_words() -> frozenset[str]:
    """Return the single words in lower case of which all public names and forms consist, such as ``git`` and ``linux``."""
    known = vocabulary()
    texts = {*known.kinds, *known.moved, *known.www, *DISTRIBUTIONS, *KEYS, *SECTIONS}
    for field in CATALOG:
        texts.update((*getattr(field.form, "choices", ()), *getattr(field.form, "folded", ()), *field.path.split(".")))
    return frozenset(word for text in texts for word in re.split(r"[^0-9a-z]+", text.lower()) if word)


def public(path: str, raw: object) -> bool | str | None:
    """Return a single value in the public form of the field at ``path``, as a report holds it; None where
    it has none.

    For fields that hold a word, a version or a flag. The reporter passes all of these through here, so that
    they hold nothing private.
    """
    value = _FIELDS[path].form.read(raw, Notes(vocabulary()), path)
    return value if value is None or isinstance(value, (bool, str)) else str(value)
