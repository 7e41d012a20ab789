"""What bar 6 compares with: Channels as its tutorial shows it, one group message a line.

The first watcher that asks makes the server send; it begins when as many watch as are connected.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import django

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402 - needs Django set up

GROUP = "lines"


class Lines(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Sends on what the group is told."""

    waiting = 0
    connected = 0
    unsent = 0
    all_sent = asyncio.Event()
    task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Join the group."""
        await self.channel_layer.group_add(GROUP, self.channel_name)
        Lines.connected += 1
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        Lines.connected -= 1
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Count who is ready; with the last one, begin."""
        Lines.waiting += 1
        if Lines.waiting == Lines.connected:
            Lines.waiting = 0
            Lines.task = asyncio.create_task(tell(self.channel_layer, int(json.loads(text_data or "{}")["lines"])))

    async def line(self, message: dict[str, Any]) -> None:
        """Send one line."""
        await self.send(text_data=message["text"])
        Lines.unsent -= 1
        if Lines.unsent == 0:
            Lines.all_sent.set()


async def tell(layer: Any, lines: int) -> None:
    """Send every line to the group, then the end."""
    for number in range(1, lines + 1):
        event = {
            "seq": number,
            "ts": "2026-01-01T00:00:00.000000+00:00",
            "kind": "log",
            "level": "info",
            "host": "device",
            "device_id": 1,
            "message": f"line {number}",
            "data": None,
        }
        body = {"topic": "job:1", "first": number, "last": number, "events": [event]}
        await send(layer, body)
    await send(layer, {"type": "finished"})


async def send(layer: Any, body: dict[str, Any]) -> None:
    """Send one message to the group and wait until it is sent on: the layer drops what waits for too long."""
    Lines.unsent = Lines.connected
    Lines.all_sent.clear()
    await layer.group_send(GROUP, {"type": "line", "text": json.dumps(body, separators=(",", ":"))})
    await Lines.all_sent.wait()


application = Lines.as_asgi()
