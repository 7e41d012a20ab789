"""REST routes of configurations."""

from __future__ import annotations
