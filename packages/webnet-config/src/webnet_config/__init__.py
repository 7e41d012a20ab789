"""Configuration backups for webnet: content-addressed snapshots, masking, history."""

from __future__ import annotations

__version__ = "0.1.0"
