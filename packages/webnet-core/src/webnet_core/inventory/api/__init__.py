"""The inventory over REST."""

from __future__ import annotations
