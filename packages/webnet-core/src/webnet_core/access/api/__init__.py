"""The access room over REST: part of the api layer."""

from __future__ import annotations
