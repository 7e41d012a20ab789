"""Append-only record of who did what."""

from __future__ import annotations
