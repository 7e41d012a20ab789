"""Breaks."""

from __future__ import annotations

raise ZeroDivisionError("the torn plugin divides by nothing")
