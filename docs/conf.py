"""Sphinx's settings."""

project = "Headcount"
extensions = ["myst_parser"]
html_theme = "alabaster"
html_static_path: list[str] = []
