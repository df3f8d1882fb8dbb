"""Sphinx's settings."""

project = "Headcount"
extensions = ["myst_parser"]
html_theme = "alabaster"
html_static_path: list[str] = []
myst_heading_anchors = 3  # so that a link to a heading, as GitHub makes it, is one here too
