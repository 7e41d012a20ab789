"""Sphinx: MyST pages, the Furo theme, and nothing fetched from elsewhere. Warnings are errors (`make docs`)."""

from __future__ import annotations

project = "webnet"
author = "The webnet authors"
copyright = "2026, the webnet authors"
release = "0.1.0"
version = release

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = "webnet"
html_show_sphinx = False
html_copy_source = False
