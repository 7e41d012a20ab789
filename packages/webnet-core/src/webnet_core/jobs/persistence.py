"""Writing what must not be lost where the database is away for a moment."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, InternalError, OperationalError, connection

log = logging.getLogger(__name__)

T = TypeVar("T")
AWAY = (OperationalError, InterfaceError)
# Django has an InternalError for a session that PostgreSQL ended because it stood still inside a transaction.
_WORTH_ANOTHER_TRY = (*AWAY, InternalError)
_TRIES = 8
_FIRST_PAUSE = 0.25


def persist(write: Callable[[], T], what: str) -> T:
    """Call `write`, again and again for about half a minute where the database is away.

    Arguments:
        write: holds its own transaction and may be called again after a failure.
        what: for the log: ``the results of shard 7``.

    Raises:
        OperationalError, InterfaceError: the database stayed away.
    """
    for tried in range(_TRIES - 1):
        try:
            return write()
        except _WORTH_ANOTHER_TRY as error:
            log.warning("Writing %s failed (%s); trying again.", what, error)
            connection.close_if_unusable_or_obsolete()
            time.sleep(_FIRST_PAUSE * 2**tried)
    return write()
