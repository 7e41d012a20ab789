"""The show commands of Cisco NX-OS, by subject."""

from __future__ import annotations
