"""Public forms of single values."""

from __future__ import annotations

from headcount.contract._catalog import CATALOG
from headcount.contract._forms import Notes
from headcount.contract._vocabulary import vocabulary

_FIELDS = {field.path: field for field in CATALOG}


def public(path: str, raw: object) -> bool | str | None:
    """Return a single value in the public form of the field at ``path``, as a report holds it; None where
    it has none.

    For fields that hold a word, a version or a flag. The reporter passes all of these through here, so that
    they hold nothing private.
    """
    value = _FIELDS[path].form.read(raw, Notes(vocabulary()), path)
    return value if value is None or isinstance(value, (bool, str)) else str(value)
