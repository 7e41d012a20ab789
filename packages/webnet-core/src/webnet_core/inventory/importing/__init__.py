"""Devices from files: read, map columns, check every cell, commit all or nothing, undo."""

from __future__ import annotations
