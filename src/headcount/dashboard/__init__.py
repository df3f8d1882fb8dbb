"""Pages and charts over the questions."""

from headcount.dashboard._charts import chart
from headcount.dashboard._page import Asker, asset, first_page, sign_in_page
from headcount.dashboard._privacy import Collected, privacy_page
from headcount.dashboard._question_page import question_page

__all__ = ["Asker", "Collected", "asset", "chart", "first_page", "privacy_page", "question_page", "sign_in_page"]
