"""Whether the channel layer that tells sockets of news works."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any, Final

from asgiref.sync import async_to_sync

from webnet_core.conf import settings
from webnet_core.plugins.items import HealthCheck, HealthResult

ANSWER_SECONDS: Final = 5.0


def checks() -> Iterable[HealthCheck]:
    """The channel layer, where Channels is installed."""
    if find_spec("channels") is None:
        return ()
    return (
        HealthCheck(
            key="channel_layer",
            label="Channel layer",
            run=check_channel_layer,
            needed=False,
            weight=60,
            meaning="Screens follow jobs by asking every few seconds instead of being told.",
            fix="See to CHANNEL_LAYERS, or start what it names.",
        ),
    )


def check_channel_layer() -> HealthResult:
    """Send something through the channel layer and receive it again."""
    from channels.layers import get_channel_layer  # noqa: PLC0415 - the extra `live` may be absent

    layer: Any = get_channel_layer(settings.LIVE.LAYER)
    if layer is None:
        return HealthResult(ok=False, message=f"There is none called {settings.LIVE.LAYER!r}.")

    async def round_trip() -> bool:
        name = await layer.new_channel()
        await layer.send(name, {"type": "webnet.health"})
        received = await asyncio.wait_for(layer.receive(name), timeout=ANSWER_SECONDS)
        return bool(received["type"] == "webnet.health")

    works = async_to_sync(round_trip)()
    return HealthResult(ok=works, message="" if works else "Something else came back.")
