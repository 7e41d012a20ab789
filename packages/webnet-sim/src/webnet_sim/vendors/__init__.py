"""The vendors that can be simulated: one folder each."""

from __future__ import annotations
