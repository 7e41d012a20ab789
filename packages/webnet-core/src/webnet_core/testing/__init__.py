"""What plugin authors and our own suites test with."""

from __future__ import annotations
