"""What screens are told, in order, from the database."""

from __future__ import annotations
