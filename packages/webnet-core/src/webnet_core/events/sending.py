"""Who sends: threads of the processes that drive the tick, one a message, and never the thread that asks for it."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter

from django.db import Error, connections

from webnet_core.events.deliveries import claim, send
from webnet_core.events.matching import WEBHOOK
from webnet_core.events.models import Delivery

log = logging.getLogger(__name__)

SLOTS = 8
# A channel that hangs leaves room for the others.
_A_CHANNEL, _WEBHOOKS = 2, 6
GOODBYE_SECONDS = 15.0


class Courier:
    """Sends what is due, a few messages at a time, each in a thread of its own.

    At most one message a receiver is under way, so a receiver that hangs keeps one thread for as long as a try may last
    and nobody else waits for it. Only a process that has driven the tick sends; `wake` does nothing in others.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._channels: Counter[str] = Counter()
        self._looking = threading.Event()
        self._pid = 0

    def step(self) -> int:
        """Do the tick's part: take what is due and hand it to threads; return how many were taken."""
        self._begin()
        return self._round()

    def wake(self) -> None:
        """Look at once, in a thread, where this process is one that sends; the tick looks anyway."""
        if self._pid == os.getpid() and not self._looking.is_set():
            self._looking.set()
            threading.Thread(target=self._look, name="webnet-courier", daemon=True).start()

    def wait(self, seconds: float = GOODBYE_SECONDS) -> bool:
        """Wait for what is under way, and say whether all of it has ended.

        Whoever ends a process that has driven the tick calls it; what is cut off all the same is sent again when its
        lease is over.
        """
        until = time.monotonic() + seconds
        while threads := self._under_way():
            if time.monotonic() >= until:
                return False
            threads[0].join(max(0.0, min(0.5, until - time.monotonic())))
        return True

    def _begin(self) -> None:
        if self._pid == os.getpid():
            return
        with self._lock:
            # After a fork none of the parent's threads is here.
            self._threads, self._channels = {}, Counter()
            self._pid = os.getpid()

    def _under_way(self) -> list[threading.Thread]:
        with self._lock:
            return list(self._threads.values())

    def _round(self) -> int:
        with self._lock:
            room = {channel: _A_CHANNEL - count for channel, count in self._channels.items()}
            room[WEBHOOK] = _WEBHOOKS - self._channels[WEBHOOK]
            taken = claim(room, _A_CHANNEL, SLOTS - len(self._threads))
            for row in taken:
                thread = threading.Thread(target=self._run, args=(row,), name=f"webnet-delivery-{row.pk}", daemon=True)
                self._threads[str(row.pk)] = thread
                self._channels[row.channel] += 1
                thread.start()
        return len(taken)

    def _look(self) -> None:
        self._looking.clear()
        try:
            self._round()
        except Error as error:
            log.warning("Deliveries could not be looked for (%s); the tick looks again.", error)
        finally:
            connections.close_all()

    def _run(self, row: Delivery) -> None:
        try:
            send(row)
        except Error as error:
            log.warning("What became of delivery %s could not be stored (%s); it is tried again.", row.pk, error)
        finally:
            with self._lock:
                self._threads.pop(str(row.pk), None)
                self._channels[row.channel] -= 1
            self._look()


courier = Courier()
