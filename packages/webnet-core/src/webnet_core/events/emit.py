"""Telling that something happened. All that other rooms know of this one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from django.db import DataError, IntegrityError, transaction

from webnet_core.events.matching import write_deliveries
from webnet_core.events.sending import courier
from webnet_core.events.types import Event
from webnet_core.plugins.calls import notify

log = logging.getLogger(__name__)


def emit(*events: Event) -> None:
    """Tell whoever asked for it that these things happened, once the caller's transaction has committed.

    Call it inside that transaction: the deliveries are written there, in a handful of queries however many events
    there are, and hook `webnet_event` is called when it commits. What cannot be told is logged; the caller never fails
    for it.
    """
    if not events:
        return
    written = _write(events)
    for event in events:
        transaction.on_commit(partial(notify, "webnet_event", event=event), robust=True)
    if written:
        transaction.on_commit(courier.wake, robust=True)


def _write(events: Sequence[Event]) -> int:
    """Write the deliveries in a savepoint; a rule or webhook removed at this moment is looked for once more."""
    for last in (False, True):
        try:
            with transaction.atomic():
                return write_deliveries(events)
        except (IntegrityError, DataError):
            if last:
                log.exception("%d events could not be told to anybody.", len(events))
    return 0
