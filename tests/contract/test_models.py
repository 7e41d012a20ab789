"""Every model that a page or Django's admin shows has routes; those that have none are listed with the reason."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

from tests.contract.world import World
from webnet_core.access.scope import owned_models

# Where each model is read; {id} is that of a row of the same customer.
ROUTES = {
    "webnet_core.apikey": "api-keys/",
    "webnet_core.auditevent": "audit/",
    "webnet_core.credential": "credentials/",
    "webnet_core.customer": "customers/",
    "webnet_core.device": "devices/",
    "webnet_core.delivery": "deliveries/",
    "webnet_core.devicecredential": "devices/{device}/credentials/",
    "webnet_core.dataschema": "customers/{customer}/data-schema/",
    "webnet_core.devicegroup": "groups/",
    "webnet_core.hostkey": "host-keys/",
    "webnet_core.hostresult": "results/",
    "webnet_core.importbatch": "imports/",
    "webnet_core.iprange": "customers/{customer}/ranges/",
    "webnet_core.job": "jobs/",
    "webnet_core.jobevent": "jobs/{job}/logs/",
    "webnet_core.membership": "memberships/",
    "webnet_core.notificationrule": "notification-rules/",
    "webnet_core.refreshfamily": "auth/logins/",
    "webnet_core.schedule": "schedules/",
    "webnet_core.site": "sites/",
    "webnet_core.sitecredential": "sites/{site}/credentials/",
    "webnet_core.tag": "tags/",
    "webnet_core.webhook": "webhooks/",
    "webnet_core.worker": "workers/",
    "webnet_config.snapshot": "config/devices/{device}/snapshots/",
}
# Shown by no page of their own: why nobody has to reach them.
WITHOUT = {
    "webnet_core.auditchain": "how far the audit is sealed; `webnet audit verify` reads it",
    "webnet_core.blob": "stored content, read through what refers to it",
    "webnet_core.devicelease": "who writes to a device just now; comes with the change plans",
    "webnet_core.digestkey": "a secret",
    "webnet_core.idempotencyrecord": "the answers kept for requests that are sent again",
    "webnet_core.selection": "a frozen choice of devices, named by its token where one is made",
    "webnet_core.shard": "a part of a job; the job's progress tells of it",
    "webnet_core.singletonlease": "which process does what only one may do",
}


def shown() -> list[type[models.Model]]:
    """Every model of ours that belongs to customers or stands in Django's admin."""
    ours = {config.label for config in apps.get_app_configs() if config.label.startswith("webnet_")}
    found = {*owned_models(), *admin.site._registry}
    return sorted((one for one in found if one._meta.app_label in ours), key=lambda one: one._meta.label_lower)


def test_every_model_that_is_shown_has_a_route_or_a_reason() -> None:
    labels = {one._meta.label_lower for one in shown()}
    assert labels - set(ROUTES) - set(WITHOUT) == set(), "give these a route"
    assert not set(ROUTES) & set(WITHOUT)


@pytest.mark.parametrize("label", sorted(ROUTES))
def test_the_route_of_a_model_answers(world: World, label: str) -> None:
    path = ROUTES[label].format(
        customer=world.customer.pk, device=world.device.pk, job=world.job.pk, site=world.site.pk
    )
    answer = world.client("admin").get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content[:300]
