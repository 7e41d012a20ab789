"""The heart of webnet: inventory, jobs, secrets, access, audit and plugins for network automation in any Django site."""

from __future__ import annotations

__version__ = "0.1.0"
