"""The heart of webnet: inventory, jobs, secrets, access, audit and plugins for automating networks from Django."""

from __future__ import annotations

__version__ = "0.1.0"
