"""The privacy page of this collector, made from the catalog."""

from __future__ import annotations

from headcount import dashboard
from headcount.contract import ACCOMPANIMENTS, CATALOG


def privacy_page(contact: str, retention: int) -> str:
    """The page as HTML; ``contact`` is whom it names as the operator, ``retention`` for how many days sightings are held."""
    collected = [dashboard.Collected(field.path, field.level, field.form.label, field.why) for field in CATALOG]
    collected += [dashboard.Collected(one.path, "every", one.form, one.why) for one in ACCOMPANIMENTS]
    return dashboard.privacy_page(collected, contact, retention)
