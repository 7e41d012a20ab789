"""Promises under injected faults, with real processes; what the devices heard is the oracle."""

from __future__ import annotations
