"""Tell screens that something happened. Losing a message costs them a moment: they read the database."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from webnet_core.conf import settings
from webnet_core.live import loop

log = logging.getLogger(__name__)

MAX_EVENTS = 50
MAX_BYTES = 16 * 1024


def group_of(topic: str) -> str:
    """Return the channel group of a topic (groups allow no colon)."""
    return "webnet." + topic.replace(":", ".")


def group_of_user(user_id: Any) -> str:
    """Return the channel group of a user's sockets."""
    return f"webnet.user.{hashlib.sha256(str(user_id).encode()).hexdigest()[:32]}"


def recheck(*, user_id: Any, **_: Any) -> None:
    """Make the open sockets of a user look at their rights now rather than within half a minute."""
    _send(group_of_user(user_id), {"type": "webnet.recheck"})


def envelope(topic: str, first: int, last: int, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the message for `events` numbered `first` to `last`; a large one carries its numbers only."""
    message: dict[str, Any] = {"topic": topic, "first": first, "last": last}
    if len(events) <= MAX_EVENTS:
        body = json.dumps({**message, "events": list(events)}, separators=(",", ":"))
        if len(body) <= MAX_BYTES:
            message["text"] = body
    return message


def publish(topic: str, first: int, last: int, events: Sequence[Mapping[str, Any]]) -> None:
    """Send the envelope to whoever watches `topic`, from any thread; never raises, never waits for long."""
    _send(group_of(topic), {"type": "webnet.envelope", **envelope(topic, first, last, events)})


def _send(group: str, message: dict[str, Any]) -> None:
    if find_spec("channels") is None:
        return
    from channels.layers import get_channel_layer  # noqa: PLC0415 - the extra `live` may be absent

    layer = get_channel_layer(settings.LIVE.LAYER)
    if layer is None:
        return
    try:
        loop.run(layer.group_send(group, message))
    except (TimeoutError, OSError, RuntimeError) as error:
        log.warning("Publishing on %s failed (%s); watchers read the database.", group, error)
