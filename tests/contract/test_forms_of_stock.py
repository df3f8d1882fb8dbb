"""Every form in which a release of stock Buildbot from 0.9.0 on says what it says: a corpus, beside the captures.

``forms.json``: since which release, what is odd, the body, and what must be read out of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headcount.contract import read_stock, vocabulary
from tests.support.profiles import from_canonical

FORMS = json.loads((Path(__file__).parent / "forms.json").read_text())
VOCABULARY = vocabulary()


@pytest.mark.parametrize("form", FORMS, ids=[f"{form['since']}: {form['what']}" for form in FORMS])
def test_a_form_is_read(form: Any) -> None:
    """Into the same public words, whichever release said it; nothing private is left."""
    report = read_stock(form["body"], VOCABULARY)
    profile = report.profile
    for name, expected in form["says"].items():
        found = getattr(report if name in ("repeated", "install") else profile, name)
        assert (str(found) if name == "buildbot" and found is not None else found) == expected, name
    assert "manhattan" not in profile.canonical().decode()
    assert from_canonical(profile.canonical()) == profile


def test_a_report_that_is_repeated_is_the_same_report() -> None:
    """What stock adds to a report that it sends again over plain HTTP changes no profile."""
    (form,) = (form for form in FORMS if form["body"].get("buggySSL"))
    first = {key: value for key, value in form["body"].items() if key != "buggySSL"}
    assert read_stock(form["body"], VOCABULARY).profile == read_stock(first, VOCABULARY).profile
