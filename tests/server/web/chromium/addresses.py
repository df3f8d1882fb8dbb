"""Every address that a browser is shown, for maintainers and for everybody."""

from __future__ import annotations

from headcount.dashboard import PAGES, THEMES
from headcount.questions import REGISTRY

NAMED = {
    "/plugins/{name}": "/plugins/CVS",
    "/questions/{name}": "/questions/versions",
}
"""An address for each path that has a name in it."""

CONDITION = "where=plugin+%3D+Git"

MAINTAINERS = [NAMED.get(page.path, page.path) for page in PAGES]
"""Every page for those who signed in."""

QUESTIONS = [f"/questions/{name}?{CONDITION}" for name in REGISTRY]
"""The page of every question, asked in its usual way, of a condition."""

EVERYBODY = [
    "/public",
    *(f"/public/{theme.name}" for theme in THEMES),
    "/public/dictionary",
    "/public/records",
    "/privacy",
    "/sign-in",
]
"""Every page for those who did not sign in."""

FURTHER = [
    f"/?{CONDITION}&with=28d",
    f"/versions?{CONDITION}&basis=confirmed",
    f"/drop?{CONDITION}",
    "/drop?where=plugin+%3D+CVS+or+python+%3C+3.9&with=python+%3E+3.10",
    "/search?q=git",
    "/search?q=nothing+at+all",
    "/versions?where=pythn+%3C+3",
]
"""Pages with a condition, with a comparison, and with something wrong."""
