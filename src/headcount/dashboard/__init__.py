"""Pages and charts over the questions."""

from headcount.dashboard._charts import chart
from headcount.dashboard._page import Asker, asset, first_page, sign_in_page

__all__ = ["Asker", "asset", "chart", "first_page", "sign_in_page"]
