"""Nornir as webnet's executor: one shared manager, drivers, runner with deadlines, host-key verification, parsers."""

from __future__ import annotations

__version__ = "0.1.0"
