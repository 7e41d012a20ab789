"""Health, metrics and logs."""

from __future__ import annotations
