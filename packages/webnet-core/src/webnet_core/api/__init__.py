"""The shell of the REST interface."""

from __future__ import annotations
