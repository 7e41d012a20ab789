"""A simulated network that really speaks SSH: stateful devices, faults on demand, transcripts."""

from __future__ import annotations

__version__ = "0.1.0"
