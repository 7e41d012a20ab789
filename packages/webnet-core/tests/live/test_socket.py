"""The live socket: every event once and in order, whatever the channel layer loses, and only for those who may see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from webnet_core.access.memberships import revoke
from webnet_core.access.users import deactivate_user
from webnet_core.jobs.timeline import Note, add_events
from webnet_core.live import loop
from webnet_core.live.consumer import INTERNAL_ERROR, POLICY_VIOLATION, LiveConsumer
from webnet_core.live.publish import envelope, group_of
from webnet_core.models import Customer, Job, JobEvent, Membership
from webnet_core.plugins.items import Topic
from webnet_core.plugins.markers import hookimpl
from webnet_core.testing.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60.0
Steps = Callable[["Watcher"], Awaitable[None]]


class Watcher:
    """A browser's end of the socket."""

    def __init__(self, user: Any, session: Any = None) -> None:
        scope = {"type": "websocket", "path": "/ws/live/", "headers": [], "subprotocols": [], "user": user}
        if session is not None:
            scope["session"] = session
        self.application = ApplicationCommunicator(LiveConsumer.as_asgi(), scope)

    async def open(self) -> bool:
        await self.application.send_input({"type": "websocket.connect"})
        return (await self.application.receive_output(PATIENCE))["type"] == "websocket.accept"

    async def send(self, frame: str | bytes) -> None:
        key = "text" if isinstance(frame, str) else "bytes"
        await self.application.send_input({"type": "websocket.receive", key: frame})

    async def subscribe(self, topic: str, after: int = 0) -> None:
        await self.send(json.dumps({"subscribe": topic, "after": after}))

    async def next(self, timeout: float = PATIENCE) -> dict[str, Any]:
        output = await self.application.receive_output(timeout)
        return cast("dict[str, Any]", json.loads(output["text"]))

    async def close_code(self, timeout: float = PATIENCE) -> int:
        """Wait for the server to hang up; return the code it gives."""
        while (output := await self.application.receive_output(timeout))["type"] != "websocket.close":
            pass
        return int(output["code"])

    async def close(self) -> None:
        await self.application.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.application.wait(PATIENCE)

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


def _run(user: Any, steps: Steps, session: Any = None) -> None:
    async def conversation() -> None:
        loop.remember(asyncio.get_running_loop())
        watcher = Watcher(user, session)
        try:
            if await watcher.open():
                await steps(watcher)
        finally:
            loop.remember(None)
            await watcher.close()

    async_to_sync(conversation)()


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


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets look, and ask for rights, all the time."""
    monkeypatch.setattr("webnet_core.live.consumer.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("webnet_core.live.consumer.RECHECK_SECONDS", 0.0)


def _sign_in(user: Any) -> SessionStore:
    session = SessionStore()
    session.update({SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash()})
    session.create()
    return SessionStore(session.session_key)


def _sign_out(user: Any, session: SessionStore) -> None:
    SessionStore(session.session_key).flush()


def _change_password(user: Any, session: SessionStore) -> None:
    user.set_password("another one")
    user.save()


def _deactivate(user: Any, session: SessionStore) -> None:
    user.is_active = False
    user.save()


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("end", [_sign_out, _change_password, _deactivate])
def test_a_socket_ends_with_the_login_that_opened_it(
    job: Job, member: Any, end: Callable[[Any, SessionStore], None]
) -> None:
    session = _sign_in(member)

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        await database_sync_to_async(_add)(job, 1)
        assert await watcher.numbers(1) == [1]
        await database_sync_to_async(end)(member, session)
        assert await watcher.close_code() == POLICY_VIOLATION

    _run(member, steps, session)


@pytest.mark.usefixtures("often")
def test_a_topic_ends_with_the_right_to_see_it(job: Job, member: Any) -> None:
    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        await Membership.objects.all().adelete()
        assert (await watcher.next())["code"] == "not_found"
        await database_sync_to_async(_quietly)(job, 3)
        assert await watcher.application.receive_nothing(0.5)

    _run(member, steps, _sign_in(member))


@pytest.fixture
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no socket look at rights because time has passed."""
    monkeypatch.setattr("webnet_core.live.consumer.RECHECK_SECONDS", 1_000_000.0)


@pytest.mark.usefixtures("never_by_itself")
def test_a_socket_ends_at_once_with_its_users_account(job: Job, member: Any) -> None:
    boss = make_user(role="admin", customer=None)

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        await database_sync_to_async(deactivate_user)(boss, member)
        assert await watcher.close_code() == POLICY_VIOLATION

    _run(member, steps, _sign_in(member))


@pytest.mark.usefixtures("never_by_itself")
def test_a_topic_ends_at_once_with_the_role(job: Job, member: Any) -> None:
    boss = make_user(role="admin", customer=None)
    role = Membership.objects.get(user=member)

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe(f"job:{job.pk}")
        await database_sync_to_async(revoke)(boss, role)
        assert (await watcher.next())["code"] == "not_found"

    _run(member, steps, _sign_in(member))


@pytest.mark.usefixtures("never_by_itself")
def test_every_frame_is_asked_whether_its_user_may_still_be_here(job: Job, member: Any) -> None:
    async def steps(watcher: Watcher) -> None:
        await database_sync_to_async(type(member).objects.filter(pk=member.pk).update)(is_active=False)
        await watcher.subscribe(f"job:{job.pk}")
        assert await watcher.close_code() == POLICY_VIOLATION

    _run(member, steps, _sign_in(member))


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_was_away_is_looked_at_again(
    job: Job, member: Any, webnet_plugins: Any, error: type[Exception]
) -> None:
    away = [True] * 3
    webnet_plugins.load(acme=_Numbers(lambda: error("gone") if away.pop() else None, away))

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe("number:7")
        assert (await watcher.next())["last"] == 1
        assert not away

    _run(member, steps)


@pytest.mark.usefixtures("often")
def test_a_topic_that_fails_ends_the_socket_and_not_its_checks(
    member: Any, webnet_plugins: Any, caplog: pytest.LogCaptureFixture
) -> None:
    webnet_plugins.load(acme=_Numbers(lambda: ZeroDivisionError("a plugin's"), [True]))

    async def steps(watcher: Watcher) -> None:
        await watcher.subscribe("number:7")
        assert await watcher.close_code() == INTERNAL_ERROR

    _run(member, steps)
    assert "a plugin's" in caplog.text


class _Numbers:
    """A plugin's topic: nothing at first, then errors for as long as `left` says, then one event."""

    __module__ = "acme.webnet_plugin"

    def __init__(self, fail: Callable[[], Exception | None], left: list[bool]) -> None:
        self.fail, self.left, self.asked = fail, left, 0

    def read_after(self, number: int, after: int, limit: int) -> tuple[list[Mapping[str, Any]], int, bool]:
        self.asked += 1
        if self.asked == 1 or after:
            return [], after, False
        if self.left and (error := self.fail()):
            raise error
        return [{"seq": 1}], 1, False

    @hookimpl
    def webnet_register_topics(self) -> list[Topic]:
        return [
            Topic(key="acme.number", pattern=r"^number:(?P<id>\d+)$", may_watch=_anybody, read_after=self.read_after)
        ]


def _anybody(user: Any, number: int) -> bool:
    return True


def _quietly(job: Job, count: int) -> None:
    """Add events that no layer carries."""
    first = Job.objects.get(pk=job.pk).event_seq + 1
    JobEvent.objects.bulk_create(JobEvent(job=job, seq=first + number) for number in range(count))
    Job.objects.filter(pk=job.pk).update(event_seq=first + count - 1)
