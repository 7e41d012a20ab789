"""What happened, for those who asked to be told."""

from __future__ import annotations
