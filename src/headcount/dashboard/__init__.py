"""Pages and charts over the questions."""

from headcount.dashboard._badge import badge
from headcount.dashboard._charts import chart
from headcount.dashboard._formats import FORMATS, Format
from headcount.dashboard._page import Asker, asset, first_page, sign_in_page
from headcount.dashboard._privacy import Collected, Kept, privacy_page
from headcount.dashboard._public_page import public_page
from headcount.dashboard._question_page import question_page

__all__ = [
    "FORMATS",
    "Asker",
    "Collected",
    "Format",
    "Kept",
    "asset",
    "badge",
    "chart",
    "first_page",
    "privacy_page",
    "public_page",
    "question_page",
    "sign_in_page",
]
