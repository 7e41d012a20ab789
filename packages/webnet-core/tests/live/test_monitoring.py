"""The channel layer is looked at as everything else that a site stands on."""

from __future__ import annotations

from typing import Any

import pytest
from channels.layers import channel_layers
from django.test import override_settings

from webnet_core.ops.health import look

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
AWAY = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]}}}


@pytest.fixture(autouse=True)
def anew() -> Any:
    """Layers are made from these settings, and after the test from the site's again."""
    channel_layers.backends = {}
    yield
    channel_layers.backends = {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("layers", "ok", "message"),
    [(IN_MEMORY, True, ""), ({}, False, "There is none called 'default'."), (AWAY, False, "It failed with ")],
    ids=["in memory", "none", "away"],
)
def test_a_layer_that_does_not_answer_is_told_and_keeps_nobody_from_the_site(
    layers: dict[str, Any], ok: bool, message: str
) -> None:
    with override_settings(CHANNEL_LAYERS=layers):
        found = look()
    (row,) = (row for row in found.rows if row.key == "channel_layer")
    assert row.ok == ok
    assert row.message.startswith(message)
    assert not row.needed
