"""Compliance rules for webnet: a pure engine, results over time."""

from __future__ import annotations

__version__ = "0.1.0"
