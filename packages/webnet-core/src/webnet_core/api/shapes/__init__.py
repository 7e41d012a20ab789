"""What goes in and out of the API, by room."""

from __future__ import annotations
