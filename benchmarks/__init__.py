"""How fast webnet is, in ratios against a bare Nornir script on the same simulated network in the same run."""

from __future__ import annotations
