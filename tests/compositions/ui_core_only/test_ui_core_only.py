"""Pages over core alone: nothing of what is missing leaves a trace, and live pages poll."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from webnet_core.inventory.models import Device
from webnet_core.jobs.models import Job
from webnet_core.models import Customer
from webnet_core.plugins.items import NavItem, Tab
from webnet_core.plugins.registry import registry


@pytest.fixture
def customer(db: None) -> Customer:
    """A customer."""
    return Customer.objects.create(name="Acme")


@pytest.fixture
def browser(client: Client, db: None) -> Client:
    """The administrator's browser."""
    client.force_login(get_user_model().objects.create_superuser("root", password="a-long-password"))
    return client


@pytest.mark.django_db
def test_people_sign_in_on_webnets_own_page(client: Client) -> None:
    page = client.get(reverse("webnet:login"))
    assert page.status_code == 200
    assert b'name="password"' in page.content


def test_the_navigation_holds_cores_own_things_alone() -> None:
    assert {item.route for item in registry("ui").of(NavItem)} == {
        "webnet:dashboard",
        "webnet:device-list",
        "webnet:run",
        "webnet:job-list",
    }


def test_a_device_has_no_tab_of_a_package_that_is_missing(browser: Client, customer: Customer) -> None:
    assert registry("ui").of(Tab) == ()
    device = Device.objects.create(customer=customer, hostname="lon-1", mgmt_ip="192.0.2.1", platform="cisco_ios")
    page = browser.get(reverse("webnet:device-detail", args=[device.pk]))
    assert page.status_code == 200
    assert "Config" not in page.content.decode().partition("<main")[2]


def test_where_nothing_can_be_run_the_page_says_so(browser: Client) -> None:
    page = browser.get(reverse("webnet:run"))
    assert page.status_code == 200
    assert "wn-choice" not in page.content.decode()


def test_a_job_is_followed_by_polling_where_channels_is_not_installed(browser: Client, customer: Customer) -> None:
    job = Job.objects.create(customer=customer, type="of.old", status="success")
    page = browser.get(reverse("webnet:job-detail", args=[job.pk])).content.decode()
    polled = reverse("webnet:job-events", args=[job.pk])
    assert 'data-ws-url=""' in page
    assert f'data-events-url="{polled}"' in page
    assert browser.get(f"{polled}?after=0").json()["finished"] is True
