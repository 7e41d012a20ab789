"""Devices on the wire: listeners, logins and terminals, on one asyncio loop."""

from __future__ import annotations
