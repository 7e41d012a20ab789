"""Cut a job's devices into shards: one queue each, no larger than the setting says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webnet_core.conf import settings
from webnet_core.inventory.models import Device

DEFAULT_QUEUE = "default"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Devices that go to one worker together."""

    queue: str
    devices: Sequence[Device]


def cut(devices: Iterable[Device]) -> list[Cut]:
    """Group the devices by the queue of their site and slice each group to the shard size."""
    by_queue: dict[str, list[Device]] = {}
    for device in devices:
        queue = device.site.queue if device.site is not None else DEFAULT_QUEUE
        by_queue.setdefault(queue, []).append(device)
    size = settings.CORE.SHARD_SIZE
    return [
        Cut(queue=queue, devices=members[start : start + size])
        for queue, members in sorted(by_queue.items())
        for start in range(0, len(members), size)
    ]
