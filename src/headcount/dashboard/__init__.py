"""Pages, panels and charts over the questions."""

from headcount.dashboard._badge import badge
from headcount.dashboard._formats import FORMATS, Format, script
from headcount.dashboard._panel import Asker, Drawer
from headcount.dashboard._site import Asset, asset
from headcount.dashboard._site_state import SiteState
from headcount.dashboard._view import NoSuchPage, View
from headcount.dashboard.charts import Picture, Spec, chart, drawn, picture
from headcount.dashboard.pages import PAGES, Page
from headcount.dashboard.pages.message import NOT_FOUND, NOT_NOW, NOT_SO
from headcount.dashboard.pages.message import page as message_page
from headcount.dashboard.pages.privacy import Collected, Kept
from headcount.dashboard.pages.privacy import page as privacy_page
from headcount.dashboard.pages.public import page as public_page
from headcount.dashboard.pages.records import page as records_page
from headcount.dashboard.pages.sign_in import Way
from headcount.dashboard.pages.sign_in import page as sign_in_page
from headcount.dashboard.pages.sign_in import wrong_team as wrong_team_page
from headcount.dashboard.pages.unavailable import page as unavailable_page

__all__ = [
    "FORMATS",
    "NOT_FOUND",
    "NOT_NOW",
    "NOT_SO",
    "PAGES",
    "Asker",
    "Asset",
    "Collected",
    "Drawer",
    "Format",
    "Kept",
    "NoSuchPage",
    "Page",
    "Picture",
    "SiteState",
    "Spec",
    "View",
    "Way",
    "asset",
    "badge",
    "chart",
    "drawn",
    "message_page",
    "picture",
    "privacy_page",
    "public_page",
    "records_page",
    "script",
    "sign_in_page",
    "unavailable_page",
    "wrong_team_page",
]
