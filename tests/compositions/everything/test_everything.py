"""All packages together."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from webnet_core.asgi import socket_routes
from webnet_core.inventory.models import Device
from webnet_core.models import Customer
from webnet_core.plugins.registry import registry


def test_every_task_is_there() -> None:
    assert set(registry("tasks")) == {"run_commands", "get_config", "get_facts", "backup_config"}


def test_sockets_are_served() -> None:
    assert len(socket_routes()) == 1


@pytest.mark.django_db
def test_a_device_has_the_tab_of_its_configurations(client: Client) -> None:
    client.force_login(get_user_model().objects.create_superuser("root", password="a-long-password"))
    customer = Customer.objects.create(name="Acme")
    device = Device.objects.create(customer=customer, hostname="lon-1", mgmt_ip="192.0.2.1", platform="cisco_ios")
    tab = reverse("webnet:device-tab", args=[device.pk, "config"])
    assert f'href="{tab}"' in client.get(reverse("webnet:device-detail", args=[device.pk])).content.decode()
    assert client.get(tab).status_code == 200
