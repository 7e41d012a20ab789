"""Where the harbour keeps what it logs."""

from __future__ import annotations

import logging
from typing import ClassVar


class Logbook(logging.Handler):
    """Keeps every line it is given, formatted."""

    lines: ClassVar[list[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(self.format(record))
