"""The one live socket: subscribe to topics, get every event once and in order, whatever the channel layer lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error

from webnet_core.conf import settings
from webnet_core.live.publish import group_of, group_of_user
from webnet_core.live.topics import Watched, open_topic
from webnet_core.live.watchers import find_watcher, session_of

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
RECHECK_SECONDS = 30.0
PAGE = 500
MAX_TOPICS = 20
MAX_FRAME = 4096
POLICY_VIOLATION = 1008
INTERNAL_ERROR = 1011


@dataclass(slots=True)
class _Position:
    """How far one topic has been sent to this client."""

    watched: Watched
    last: int
    finished: bool = False


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Client: ``{"subscribe": "job:7", "after": 0}`` or ``{"unsubscribe": "job:7"}``.

    Server: ``{topic, first, last, events}`` with contiguous numbers, ``{type: "finished", topic, last}`` when no more
    will come, ``{type: "error", code, message}`` for what cannot be done.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket over the channel layer that the setting names."""
        self.channel_layer_alias = settings.LIVE.LAYER
        await super().__call__(scope, receive, send)

    async def connect(self) -> None:
        """Accept a signed-in user; refuse everybody else."""
        self.positions: dict[str, _Position] = {}
        self.turn = asyncio.Lock()
        self.watch: asyncio.Task[None] | None = None
        user = self.scope.get("user")
        if user is None or not user.is_authenticated or not user.is_active:
            await self.close(code=POLICY_VIOLATION)
            return
        self.session_key = await database_sync_to_async(session_of)(self.scope)
        await self.accept()
        if self.channel_layer is not None:
            await self.channel_layer.group_add(group_of_user(user.pk), self.channel_name)
        self.watch = asyncio.create_task(self._keep_looking())

    async def disconnect(self, code: int) -> None:
        """Leave every group."""
        if self.watch is not None:
            self.watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.watch
        for name in list(self.positions):
            await self._leave(name)
        user = self.scope.get("user")
        if self.channel_layer is not None and getattr(user, "pk", None) is not None:
            await self.channel_layer.group_discard(group_of_user(user.pk), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one command; anything else is answered with an error."""
        command = _parse(text_data) if bytes_data is None else None
        if command is None:
            await self._error("bad_frame", 'Send JSON text like {"subscribe": "job:7", "after": 0}.')
        elif not await self._refreshed():
            await self.close(code=POLICY_VIOLATION)
        elif "unsubscribe" in command:
            await self._leave(str(command["unsubscribe"]))
        else:
            await self._subscribe(str(command["subscribe"]), int(command.get("after") or 0))

    async def webnet_recheck(self, message: dict[str, Any]) -> None:
        """Look at the user's rights now: something about them has changed."""
        if not await self._still_allowed():
            await self.close(code=POLICY_VIOLATION)

    async def webnet_envelope(self, message: dict[str, Any]) -> None:
        """Forward a message of the channel layer if it continues where this client stands, else read the database."""
        position = self.positions.get(message["topic"])
        if position is None:
            return
        async with self.turn:
            if message["last"] <= position.last:
                return
            if "text" in message and message["first"] == position.last + 1:
                position.last = message["last"]
                await self.send(text_data=message["text"])
                return
            await self._catch_up(position)

    async def _subscribe(self, name: str, after: int) -> None:
        if len(self.positions) >= MAX_TOPICS and name not in self.positions:
            await self._error("too_many_topics", f"At most {MAX_TOPICS} topics a socket.", name)
            return
        watched = await database_sync_to_async(open_topic)(self.scope["user"], name)
        if watched is None:
            await self._error("not_found", "There is no such topic.", name)
            return
        async with self.turn:
            position = _Position(watched=watched, last=max(after, 0))
            self.positions[name] = position
            if self.channel_layer is not None:
                await self.channel_layer.group_add(group_of(name), self.channel_name)
            await self._catch_up(position)

    async def _leave(self, name: str) -> None:
        if self.positions.pop(name, None) is not None and self.channel_layer is not None:
            await self.channel_layer.group_discard(group_of(name), self.channel_name)

    async def _catch_up(self, position: _Position) -> None:
        """Send what the database has after the client's position. The caller holds the turn."""
        watched = position.watched
        read = database_sync_to_async(watched.family.read_after)
        while not position.finished:
            events, last, finished = await read(watched.object_id, position.last, PAGE)
            if events:
                first, position.last = position.last + 1, last
                body = {"topic": watched.name, "first": first, "last": last, "events": list(events)}
                await self.send(text_data=json.dumps(body, separators=(",", ":")))
            if finished:
                position.finished = True
                await self._say({"type": "finished", "topic": watched.name, "last": position.last})
            if len(events) < PAGE:
                return

    async def _keep_looking(self) -> None:
        """Look at the database every two seconds and at the user's rights twice a minute, layer or no layer."""
        checked = time.monotonic()
        try:
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                try:
                    if time.monotonic() - checked >= RECHECK_SECONDS:
                        if not await self._still_allowed():
                            await self.close(code=POLICY_VIOLATION)
                            return
                        checked = time.monotonic()
                    await self._look()
                except Error as error:
                    log.info("The database is not reachable (%s); looking again.", error)
        except Exception:
            # Unwatched, a socket would outlive its user's rights; without it the page connects anew.
            log.exception("Watching for new events failed; closing the socket.")
            await self.close(code=INTERNAL_ERROR)

    async def _look(self) -> None:
        async with self.turn:
            for position in list(self.positions.values()):
                await self._catch_up(position)

    async def _refreshed(self) -> bool:
        """Take the user as the database has them now; False where they may not be here any more."""
        user = await database_sync_to_async(find_watcher)(self.scope["user"].pk, self.session_key)
        if user is None:
            return False
        self.scope["user"] = user
        return True

    async def _still_allowed(self) -> bool:
        if not await self._refreshed():
            return False
        user = self.scope["user"]
        for name in list(self.positions):
            if await database_sync_to_async(open_topic)(user, name) is None:
                await self._error("not_found", "You may no longer watch this.", name)
                await self._leave(name)
        return True

    async def _error(self, code: str, message: str, topic: str = "") -> None:
        await self._say({"type": "error", "code": code, "message": message, "topic": topic})

    async def _say(self, body: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(body))


def _parse(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > MAX_FRAME:
        return None
    try:
        body = json.loads(text)
        ok = isinstance(body, dict) and any(isinstance(body.get(name), str) for name in ("subscribe", "unsubscribe"))
        return body if ok and isinstance(body.get("after") or 0, int) else None
    except (ValueError, RecursionError):
        return None
