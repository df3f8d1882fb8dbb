"""Pages, panels and charts over the questions."""

from headcount.dashboard._badge import badge
from headcount.dashboard._formats import FORMATS, Format
from headcount.dashboard._panel import Asker, Drawer
from headcount.dashboard._site import Asset, asset
from headcount.dashboard._site_state import SiteState
from headcount.dashboard._view import NoSuchPage, View
from headcount.dashboard.charts import Picture, chart, drawn, picture
from headcount.dashboard.pages import PAGES, Page
from headcount.dashboard.pages.message import NOT_FOUND, NOT_NOW, NOT_SO
from headcount.dashboard.pages.message import page as message_page
from headcount.dashboard.pages.next_release import page as next_release_page
from headcount.dashboard.pages.privacy import Collected, Kept
from headcount.dashboard.pages.privacy import page as privacy_page
from headcount.dashboard.pages.public._licence import Licence
from headcount.dashboard.pages.public._site import PublicSite, ShownNotice
from headcount.dashboard.pages.public._themes import THEMES
from headcount.dashboard.pages.public.dictionary import page as dictionary_page
from headcount.dashboard.pages.public.feed import MOST as MOST_WEEKS
from headcount.dashboard.pages.public.feed import feed
from headcount.dashboard.pages.public.publication import page as public_page
from headcount.dashboard.pages.public.publication import theme_page
from headcount.dashboard.pages.public.records import page as records_page
from headcount.dashboard.pages.public.records import record_page
from headcount.dashboard.pages.refused import page as refused_page
from headcount.dashboard.pages.sign_in import Way
from headcount.dashboard.pages.sign_in import page as sign_in_page
from headcount.dashboard.pages.sign_in import wrong_team as wrong_team_page
from headcount.dashboard.pages.unavailable import page as unavailable_page

__all__ = [
    "FORMATS",
    "MOST_WEEKS",
    "NOT_FOUND",
    "NOT_NOW",
    "NOT_SO",
    "PAGES",
    "THEMES",
    "Asker",
    "Asset",
    "Collected",
    "Drawer",
    "Format",
    "Kept",
    "Licence",
    "NoSuchPage",
    "Page",
    "Picture",
    "PublicSite",
    "ShownNotice",
    "SiteState",
    "View",
    "Way",
    "asset",
    "badge",
    "chart",
    "dictionary_page",
    "drawn",
    "feed",
    "message_page",
    "next_release_page",
    "picture",
    "privacy_page",
    "public_page",
    "record_page",
    "records_page",
    "refused_page",
    "sign_in_page",
    "theme_page",
    "unavailable_page",
    "wrong_team_page",
]
