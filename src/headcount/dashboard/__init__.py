"""Pages, panels and charts over the questions."""

from headcount.dashboard._badge import badge
from headcount.dashboard._formats import FORMATS
from headcount.dashboard._site import asset
from headcount.dashboard._view import NoSuchPage, View
from headcount.dashboard.pages import PAGES, Page
from headcount.dashboard.pages.privacy import Collected, Kept
from headcount.dashboard.pages.privacy import page as privacy_page
from headcount.dashboard.pages.public import page as public_page
from headcount.dashboard.pages.sign_in import page as sign_in_page
from headcount.dashboard.pages.unavailable import page as unavailable_page

__all__ = [
    "FORMATS",
    "PAGES",
    "Collected",
    "Kept",
    "NoSuchPage",
    "Page",
    "View",
    "asset",
    "badge",
    "privacy_page",
    "public_page",
    "sign_in_page",
    "unavailable_page",
]
