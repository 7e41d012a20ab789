"""The whole product, as its users meet it: real processes, real SSH, a real browser."""

from __future__ import annotations
