"""Public forms of values."""

from __future__ import annotations

from headcount.contract._catalog import CATALOG
from headcount.contract._distributions import DISTRIBUTIONS
from headcount.contract._forms import ChoiceForm, DistributionForm, Notes
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


def choices(path: str) -> frozenset[str]:
    """Return the words that the field at ``path`` can be, of distributions the ids; empty where it has no closed form."""
    form = _FIELDS[path].form
    if isinstance(form, DistributionForm):
        return DISTRIBUTIONS
    return form.choices if isinstance(form, ChoiceForm) else frozenset()
