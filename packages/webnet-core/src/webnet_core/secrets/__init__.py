"""Credentials, where their secrets are kept, and the change of keys."""

from __future__ import annotations
