"""Encryption and credentials."""

from __future__ import annotations
