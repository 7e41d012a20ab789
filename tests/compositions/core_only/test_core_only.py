"""An inventory and its API stand alone: no executor, no pages, no sockets, no tokens."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from webnet_core.asgi import socket_routes
from webnet_core.live.publish import publish
from webnet_core.plugins.registry import registry


def test_nothing_can_be_run() -> None:
    assert list(registry("tasks")) == []


@pytest.mark.parametrize("page", ["login", "dashboard", "config-snapshot"])
def test_there_are_no_pages(page: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"webnet:{page}")


def test_without_channels_there_are_no_sockets_and_publishing_does_nothing() -> None:
    assert socket_routes() == []
    publish("job:1", 1, 1, [{"seq": 1}])


@pytest.mark.django_db
def test_without_pyjwt_there_are_no_tokens_to_be_had(client: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("webnet:api-login")
    assert client.post("/api/v1/auth/login/", {"username": "a", "password": "b"}).status_code == 404
