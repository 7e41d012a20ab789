"""The example project's own users."""

from __future__ import annotations
