"""What the events room brings to core's registries: kinds of event, channels and its steps of the tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from webnet_core.events import mail, webhooks
from webnet_core.events.deliveries import prune
from webnet_core.events.sending import courier
from webnet_core.events.types import (
    EventType,
    HostReachable,
    HostUnreachable,
    InventoryInconsistent,
    JobFailed,
    JobOutcome,
    PerformanceDegraded,
    ScheduleNotice,
    SchedulePaused,
    WebhookDisabled,
)
from webnet_core.plugins.items import TickStep

PRUNE_SECONDS = 3600.0
EVENT_TYPES = (
    EventType(
        key="job.finished", label="Job finished", type=JobOutcome, description="A job has ended, in whatever way."
    ),
    EventType(
        key="job.failed",
        label="Job failed",
        type=JobFailed,
        description="A job failed as a whole or for some of its hosts, or was interrupted.",
    ),
    EventType(
        key="host.unreachable",
        label="Host unreachable",
        type=HostUnreachable,
        description="A device could not be reached, and was reachable or unknown before.",
    ),
    EventType(
        key="host.reachable",
        label="Host reachable again",
        type=HostReachable,
        description="A device answers that could not be reached before.",
    ),
    EventType(
        key="inventory.inconsistent",
        label="Inventory inconsistent",
        type=InventoryInconsistent,
        description="A device says of itself something else than the inventory knew, as another serial number.",
    ),
    EventType(
        key="schedule.notice",
        label="Schedule notice",
        type=ScheduleNotice,
        description="A schedule skipped or missed a time, was refused, or paused itself.",
    ),
    EventType(
        key="schedule.paused",
        label="Schedule paused",
        type=SchedulePaused,
        description="A schedule paused itself, as when its owner lost the right to run it.",
    ),
    EventType(
        key="performance.degraded",
        label="Performance degraded",
        type=PerformanceDegraded,
        description="A schedule's job took more than twice as long as its last ones on about as many devices.",
    ),
    EventType(
        key="webhook.disabled",
        label="Webhook switched off",
        type=WebhookDisabled,
        description="A webhook failed too often in a row and was switched off.",
    ),
)
CHANNELS = (mail.CHANNEL, webhooks.CHANNEL)


def tick_steps(take_turn: Callable[[str, float], bool]) -> Iterable[TickStep]:
    """Send what is due; once an hour, remove what ended long ago.

    Arguments:
        take_turn: says whether work of a name is due, at most once in so many seconds.
    """
    return (
        TickStep(key="events.deliver", run=courier.step, weight=700),
        TickStep(key="events.prune", run=partial(_prune_in_turn, take_turn), weight=920),
    )


def _prune_in_turn(take_turn: Callable[[str, float], bool]) -> int:
    return prune() if take_turn("deliveries", PRUNE_SECONDS) else 0
