"""Public forms of values."""

from __future__ import annotations

from headcount.contract._catalog import CATALOG
from headcount.contract._forms import Notes
from headcount.contract._vocabulary import vocabulary

_FIELDS = {field.path: field for field in CATALOG}


def public(path: str, raw: object) -> object | None:
    """Return a value in the public form of the field at ``path``, as a report holds it; None where it has none.

    The reporter passes all words, versions, flags and lists of names through here, so that they hold nothing
    private.
    """
    form = _FIELDS[path].form
    value = form.read(raw, Notes(vocabulary()), path)
    return None if value is None else form.write(value)
