"""The login page is a door like any other: counted by name and by address, whatever is forwarded."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from webnet_core.access.throttles import PER_ADDRESS, PER_USERNAME
from webnet_core.audit.models import AuditEvent

LOGIN = "/netops/login/"
PASSWORD = "a-long-password"


@pytest.fixture(autouse=True)
def site(settings, db):
    settings.WEBNET = {**settings.WEBNET, "CORE": {"LOGIN_WINDOW_SECONDS": 3600}}
    cache.clear()
    yield
    cache.clear()


def attempt(client, number, username, password="wrong"):
    forwarded = {"X-Forwarded-For": f"203.0.113.{number}"}
    return client.post(LOGIN, {"username": username, "password": password}, headers=forwarded)


def test_an_address_is_refused_though_it_says_another_each_time(client, django_user_model):
    django_user_model.objects.create_user(username="ana", password=PASSWORD)
    for number in range(PER_ADDRESS):
        attempt(client, number, f"user{number}")
    page = attempt(client, 99, "ana", PASSWORD).content.decode()
    assert "too many attempts" in page
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("username", ["ana", "nobody"])
def test_a_name_is_refused_whether_it_exists_or_not(client, django_user_model, username):
    django_user_model.objects.create_user(username="ana", password=PASSWORD)
    pages = [attempt(client, 0, username).content.decode() for _ in range(PER_USERNAME + 1)]
    assert ["too many attempts" in page for page in pages] == [False] * PER_USERNAME + [True]


def test_the_audit_says_where_an_attempt_came_from(client):
    attempt(client, 7, "ana")
    event = AuditEvent.objects.get(action="auth.login_failed")
    assert (event.address, event.door, event.request_id != "") == ("127.0.0.1", "session", True)
