"""The web interface of webnet, embeddable in any Django site without restyling it."""

from __future__ import annotations

__version__ = "0.1.0"
