"""The show commands of Cisco IOS, by subject."""

from __future__ import annotations
