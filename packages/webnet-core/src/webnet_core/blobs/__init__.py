"""Content-addressed storage of output and configurations."""

from __future__ import annotations
