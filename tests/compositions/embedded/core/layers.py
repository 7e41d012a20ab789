"""The harbour's channel layer, which is nobody else's business."""

from __future__ import annotations

from typing import Any


class Private:
    """A layer that only the harbour may open."""

    def __init__(self, **options: Any) -> None:
        message = "somebody opened the harbour's own channel layer"
        raise RuntimeError(message)
