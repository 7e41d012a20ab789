"""What backups tell: new contents, and whether webnet itself can have brought them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.conftest import config

from webnet_core.events.models import Delivery, NotificationRule
from webnet_core.inventory.models import Device
from webnet_core.jobs.models import HostResult, Job, Shard

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(customer):
    NotificationRule.objects.create(customer=customer, name="all", channel="email", target="noc@example.org")
    return lambda: list(Delivery.objects.filter(event__startswith="config").order_by("created_at"))


def changed_by_us(device: Device, *, status: str = "changed", risk: str = "change", ago: float = 0) -> None:
    job = Job.objects.create(customer=device.customer, type="send_config", risk=risk, status="success")
    shard = Shard.objects.create(job=job, number=0, state="done", start_before=timezone.now())
    ended = timezone.now() - timedelta(seconds=ago)
    HostResult.objects.create(job=job, shard=shard, device=device, device_name="x", status=status, finished_at=ended)


def test_a_first_content_and_the_same_again_are_no_news(store, device, told):
    one = device()
    store({one: config(minute=1)})
    store({one: config(minute=2)})
    assert told() == []


def test_a_content_that_nothing_of_ours_brought_is_told_as_changed_outside_with_no_line_of_it(store, device, told):
    one = device()
    store({one: config(description="a")})
    store({one: config(description="s3cret-word")})
    (row,) = told()
    assert (row.event, row.severity) == ("config.changed_outside", "warning")
    assert row.payload["data"]["lines_added"] == 1
    assert "s3cret-word" not in str(row.payload) + row.summary


@pytest.mark.parametrize(
    ("facts", "event"),
    [
        ({}, "config.captured"),
        ({"status": "failed"}, "config.captured"),
        ({"status": "unknown"}, "config.captured"),
        ({"status": "unreachable"}, "config.changed_outside"),
        ({"risk": "read", "status": "ok"}, "config.changed_outside"),
        ({"ago": 86400}, "config.changed_outside"),
    ],
    ids=str,
)
def test_a_job_that_may_have_changed_the_device_since_is_ours(store, device, told, facts, event):
    one = device()
    store({one: config(description="a")})
    changed_by_us(one, **facts)
    store({one: config(description="b")})
    assert [row.event for row in told()] == [event]
