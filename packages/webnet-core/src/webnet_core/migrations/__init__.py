"""Schema history."""

from __future__ import annotations
