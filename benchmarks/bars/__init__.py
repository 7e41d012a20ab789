"""The bars, each a module with a `Sizes` and a `run`."""

from __future__ import annotations
