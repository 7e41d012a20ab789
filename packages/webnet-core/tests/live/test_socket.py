"""The live socket: every event once and in order, whatever the channel layer loses, and only for those who may see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from webnet_core.jobs.timeline import Note, add_events
from webnet_core.live import loop
from webnet_core.live.consumer import LiveConsumer
from webnet_core.live.publish import envelope, group_of
from webnet_core.models import Customer, Job, JobEvent, Membership

pytestmark = pytest.mark.django_db(transaction=True)

Steps = Callable[["Watcher"], Awaitable[None]]


class Watcher:
    """A browser's end of the socket."""

    def __init__(self, user: Any) -> None:
        scope = {"type": "websocket", "path": "/ws/live/", "headers": [], "subprotocols": [], "user": user}
        self.application = ApplicationCommunicator(LiveConsumer.as_asgi(), scope)

    async def open(self) -> bool:
        await self.application.send_input({"type": "websocket.connect"})
        return (await self.application.receive_output(5))["type"] == "websocket.accept"

    async def send(self, frame: str | bytes) -> None:
        key = "text" if isinstance(frame, str) else "bytes"
        await self.application.send_input({"type": "websocket.receive", key: frame})

    async def subscribe(self, topic: str, after: int = 0) -> None:
        await self.send(json.dumps({"subscribe": topic, "after": after}))

    async def next(self, timeout: float = 5) -> dict[str, Any]:
        output = await self.application.receive_output(timeout)
        return cast("dict[str, Any]", json.loads(output["text"]))

    async def close(self) -> None:
        await self.application.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.application.wait(5)

    async def numbers(self, count: int) -> list[int]:
        """Read messages until `count` events have come; return their numbers."""
        found: list[int] = []
        while len(found) < count:
            message = await self.next()
            found += [event["seq"] for event in message["events"]]
        return found


@pytest.fixture(autouse=True)
def layer(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture
def job() -> Job:
    return Job.objects.create(customer=Customer.objects.create(name="Acme"), type="any", total=1, status="running")


@pytest.fixture
def member(job: Job) -> Any:
    user = get_user_model().objects.create_user("ann")
    Membership.objects.create(user=user, customer=job.customer, role="viewer")
    return user


def _add(job: Job, count: int) -> None:
    with transaction.atomic():
        add_events(job.pk, [Note(message=f"line {number}") for number in range(count)])


def _run(user: Any, steps: Steps) -> None:
    async def session() -> None:
        loop.remember(asyncio.get_running_loop())
        watcher = Watcher(user)
        try:
            if await watcher.open():
                await steps(watcher)
        finally:
            loop.remember(None)
            await watcher.close()

    async_to_sync(session)()


def test_a_watcher_gets_what_was_before_and_what_comes_after(job: Job, member: Any) -> None:
    _add(job, 3)

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        assert await watcher.numbers(3) == [1, 2, 3]
        await database_sync_to_async(_add)(job, 2)
        assert await watcher.numbers(2) == [4, 5]

    _run(member, steps)


def test_a_watcher_that_comes_back_continues_after_its_last_event(job: Job, member: Any) -> None:
    _add(job, 700)

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}", after=150)
        assert await watcher.numbers(550) == list(range(151, 701))

    _run(member, steps)


def test_what_the_layer_lost_or_doubled_is_read_from_the_database(job: Job, member: Any) -> None:
    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        loop.remember(None)  # the layer is away: nothing is published
        await database_sync_to_async(_quietly)(job, 4)
        layer = get_channel_layer()
        late = {"type": "webnet.envelope", **envelope(f"job:{job.pk}", 3, 4, [{"seq": 3}, {"seq": 4}])}
        await layer.group_send(group_of(f"job:{job.pk}"), late)
        await layer.group_send(group_of(f"job:{job.pk}"), late)
        assert await watcher.numbers(4) == [1, 2, 3, 4]
        assert await watcher.application.receive_nothing(timeout=0.3)

    _run(member, steps)


def test_without_a_layer_the_socket_looks_by_itself(job: Job, member: Any) -> None:
    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        await database_sync_to_async(_quietly)(job, 1)
        assert await watcher.numbers(1) == [1]

    _run(member, steps)


def test_the_end_of_a_job_is_told_once_all_its_events_are(job: Job, member: Any) -> None:
    _add(job, 2)
    Job.objects.filter(pk=job.pk).update(status="success", finished_at=timezone.now())

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        assert await watcher.numbers(2) == [1, 2]
        assert await watcher.next() == {"type": "finished", "topic": f"job:{job.pk}", "last": 2}

    _run(member, steps)


@pytest.mark.parametrize("name", ["job:{}", "job:999999", "job:x", "nonsense"])
def test_a_topic_of_another_customer_looks_like_one_that_does_not_exist(job: Job, name: str) -> None:
    stranger = get_user_model().objects.create_user("bob")
    other = Customer.objects.create(name="Other")
    Membership.objects.create(user=stranger, customer=other, role="admin")

    async def steps(watcher: Watcher) -> None:
        topic = name.format(job.pk)
        await watcher.subscribe(topic)
        message = "There is no such topic."
        assert await watcher.next() == {"type": "error", "code": "not_found", "message": message, "topic": topic}

    _run(stranger, steps)


@pytest.mark.parametrize(
    "frame", ["", "[]", "{}", '{"subscribe": 7}', '{"subscribe": "job:1", "after": "x"}', "[" * 4000]
)
def test_a_frame_that_is_no_command_is_answered_and_the_socket_stays(member: Any, frame: str) -> None:
    async def steps(watcher: Watcher) -> None:
        await watcher.send(frame)
        assert (await watcher.next())["code"] == "bad_frame"
        await watcher.send(b"\x00")
        assert (await watcher.next())["code"] == "bad_frame"

    _run(member, steps)


def test_nobody_watches_without_signing_in() -> None:
    async def refused() -> bool:
        return not await Watcher(AnonymousUser()).open()

    assert async_to_sync(refused)()


def _quietly(job: Job, count: int) -> None:
    """Add events that no layer carries."""
    first = Job.objects.get(pk=job.pk).event_seq + 1
    JobEvent.objects.bulk_create(JobEvent(job=job, seq=first + number) for number in range(count))
    Job.objects.filter(pk=job.pk).update(event_seq=first + count - 1)
