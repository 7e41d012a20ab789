"""The show commands of Juniper Junos, by subject."""

from __future__ import annotations
