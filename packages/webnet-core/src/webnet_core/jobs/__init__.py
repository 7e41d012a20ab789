"""The job table is the queue; the broker is a doorbell."""

from __future__ import annotations
