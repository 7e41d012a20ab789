"""Host threads: how they are known, that they keep off the database, and which of them never came back."""

from __future__ import annotations

import threading
import weakref
from typing import Any, Final, NoReturn

from webnet_nornir.exceptions import DatabaseInHostThread

PREFIX: Final = "webnet-host-"
STUCK_LIMIT: Final = 20

_stuck: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


def in_host_thread() -> bool:
    """Tell whether the caller runs in a host thread."""
    return threading.current_thread().name.startswith(PREFIX)


def refuse_database(sender: Any, connection: Any, **kwargs: Any) -> None:  # noqa: ARG001 - a signal's receiver
    """Fail the first use of the database in a host thread, and every later one. Receiver of `connection_created`.

    Raises:
        DatabaseInHostThread: The caller is a host thread.
    """
    if not in_host_thread():
        return
    connection.execute_wrappers.append(_refuse)
    connection.close()
    raise DatabaseInHostThread


def count_stuck(thread: threading.Thread) -> None:
    """Remember a host thread that did not end although everything it reads from is closed."""
    _stuck.add(thread)


def stuck_threads() -> int:
    """How many host threads of this process never came back; above `STUCK_LIMIT` the worker should retire."""
    return sum(1 for thread in list(_stuck) if thread.is_alive())


def must_retire() -> bool:
    """Tell whether so many host threads are stuck that this process should finish its shard and go."""
    return stuck_threads() > STUCK_LIMIT


def _refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> NoReturn:  # noqa: ARG001, FBT001 - Django's signature
    raise DatabaseInHostThread
