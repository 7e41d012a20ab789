"""Load, register and call plugins."""

from __future__ import annotations
