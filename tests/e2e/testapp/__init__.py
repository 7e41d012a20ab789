"""An app of a host's that brings tasks of its own."""

from __future__ import annotations
