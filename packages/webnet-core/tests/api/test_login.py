"""Signing in, staying in and going out over REST."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import jwt
import pytest
from django.test import override_settings
from django.utils import timezone
from tests.api.conftest import JSONClient

from webnet_core.access import throttles, tokens
from webnet_core.access.models import RefreshFamily
from webnet_core.audit.models import AuditEvent
from webnet_core.conf import settings
from webnet_core.testing.factories import make_customer, make_user

API = "/api/v1"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def user(db):
    return make_user("ada", role="operator", customer=make_customer("Ours"), password=PASSWORD)


@pytest.fixture
def client():
    return JSONClient()


def login(client, password: str = PASSWORD, username: str = "ada"):
    return client.post(f"{API}/auth/login/", {"username": username, "password": password})


def me(client, access: str):
    return client.get(f"{API}/auth/me/", headers={"Authorization": f"Bearer {access}"})


def test_login_gives_tokens_under_both_names(client, user):
    answer = login(client)
    body = answer.json()
    assert answer.status_code == 200
    assert body["access"] == body["access_token"]
    assert body["refresh"] == body["refresh_token"]
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_me_shows_role_customers_and_memberships(client, user):
    answer = me(client, login(client).json()["access"]).json()
    customer = answer["customers"][0]
    assert (answer["id"], answer["username"], answer["role"], answer["is_active"]) == (user.pk, "ada", "operator", True)
    assert customer["name"] == "Ours"
    assert answer["memberships"] == [{"customer_id": customer["id"], "role": "operator"}]


@pytest.mark.parametrize(("username", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("ada", "")])
def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nothing(client, user, username, password):
    answer = login(client, password or "x", username)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert answer.json()["message"] == "That username and password do not match an active account."
    assert AuditEvent.objects.filter(action="auth.login_failed", data__username=username).exists()


def test_an_inactive_user_cannot_sign_in_and_loses_the_tokens_they_have(client, user):
    pair = login(client).json()
    user.is_active = False
    user.save()
    assert login(client).status_code == 401
    assert me(client, pair["access"]).status_code == 401
    assert client.post(f"{API}/auth/refresh/", {"refresh": pair["refresh"]}).status_code == 401


@pytest.mark.parametrize("name", ["refresh", "refresh_token"])
def test_refresh_rotates(client, user, name):
    first = login(client).json()
    second = client.post(f"{API}/auth/refresh/", {name: first["refresh"]})
    assert second.status_code == 200
    assert second.json()["refresh"] != first["refresh"]
    assert me(client, second.json()["access"]).status_code == 200


def test_a_refresh_token_used_twice_ends_its_login(client, user):
    first = login(client).json()
    other = login(client).json()
    second = client.post(f"{API}/auth/refresh/", {"refresh": first["refresh"]}).json()
    reused = client.post(f"{API}/auth/refresh/", {"refresh": first["refresh"]})
    assert (reused.status_code, reused.json()["code"]) == (401, "token_refused")
    assert client.post(f"{API}/auth/refresh/", {"refresh": second["refresh"]}).status_code == 401
    assert me(client, second["access"]).status_code == 401
    assert me(client, other["access"]).status_code == 200
    assert RefreshFamily.objects.filter(revoked_reason="reused").count() == 1
    assert AuditEvent.objects.filter(action="auth.refresh_reused").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reused_token_ends_its_login_even_where_requests_are_atomic(client):
    make_user("ada", role="operator", password=PASSWORD)
    from django.db import connection

    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        first = login(client).json()
        client.post(f"{API}/auth/refresh/", {"refresh": first["refresh"]})
        assert client.post(f"{API}/auth/refresh/", {"refresh": first["refresh"]}).status_code == 401
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False
    assert RefreshFamily.objects.get().revoked_at is not None


def test_logout_ends_the_login_and_no_other(client, user):
    pair, other = login(client).json(), login(client).json()
    bearer = {"Authorization": f"Bearer {pair['access']}"}
    assert client.post(f"{API}/auth/logout/", headers=bearer).status_code == 204
    assert me(client, pair["access"]).status_code == 401
    assert client.post(f"{API}/auth/refresh/", {"refresh": pair["refresh"]}).status_code == 401
    assert me(client, other["access"]).status_code == 200


@pytest.mark.parametrize("stale", [True, False])
def test_logout_goes_through_with_a_refresh_token_that_is_worth_nothing_any_more(client, user, stale):
    pair, ended = login(client).json(), login(client).json()
    client.post(f"{API}/auth/logout/", headers={"Authorization": f"Bearer {ended['access']}"})
    given = {"refresh": ended["refresh"] if stale else "nonsense"}
    bearer = {"Authorization": f"Bearer {pair['access']}"}
    assert client.post(f"{API}/auth/logout/", given, headers=bearer).status_code == 204
    assert me(client, pair["access"]).status_code == 401


def test_logout_can_end_another_login_of_the_same_user_but_of_nobody_else(client, user):
    make_user("eve", role="viewer", password=PASSWORD)
    pair, second, foreign = login(client).json(), login(client).json(), login(client, username="eve").json()
    bearer = {"Authorization": f"Bearer {pair['access']}"}
    assert client.post(f"{API}/auth/logout/", {"refresh": second["refresh"]}, headers=bearer).status_code == 204
    assert me(client, second["access"]).status_code == 401
    third = login(client).json()
    bearer = {"Authorization": f"Bearer {third['access']}"}
    client.post(f"{API}/auth/logout/", {"refresh": foreign["refresh"]}, headers=bearer)
    assert me(client, foreign["access"]).status_code == 200


def test_a_changed_password_ends_every_login(client, user):
    pair = login(client).json()
    user.set_password("another one")
    user.save()
    assert me(client, pair["access"]).status_code == 401
    assert client.post(f"{API}/auth/refresh/", {"refresh": pair["refresh"]}).status_code == 401


def test_a_refresh_token_is_no_access_token_nor_the_other_way_round(client, user):
    pair = login(client).json()
    assert me(client, pair["refresh"]).status_code == 401
    assert client.post(f"{API}/auth/refresh/", {"refresh": pair["access"]}).status_code == 401


def test_an_expired_token_is_refused(client, user):
    with override_settings(WEBNET=changed(ACCESS_TOKEN_SECONDS=0.001)):
        pair = login(client).json()
        assert me(client, pair["access"]).status_code == 401
    RefreshFamily.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(f"{API}/auth/refresh/", {"refresh": pair["refresh"]}).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "\x7f", "x" * 5000])
def test_nonsense_for_a_token_is_401(client, user, token):
    assert client.get(f"{API}/auth/me/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


def test_tokens_signed_by_anything_else_are_refused(client, user, settings):
    good = jwt.decode(login(client).json()["access"], options={"verify_signature": False})
    for key in (settings.SECRET_KEY, "x" * 64, settings.WEBNET["CORE"]["JWT_KEY"]):
        assert me(client, jwt.encode(good, key, algorithm="HS256")).status_code == 401
    unsigned = jwt.encode(good, None, algorithm="none")
    assert me(client, unsigned).status_code == 401


def test_without_a_key_of_its_own_the_signing_key_follows_the_encryption_keys(client, user):
    old, new = "b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4=", "YS1icmFuZC1uZXcta2V5LW9mLXRoaXJ0eS10d28tLSE="
    with override_settings(WEBNET=changed(JWT_KEY=None, ENCRYPTION_KEYS=[old])):
        pair = login(client).json()
    with override_settings(WEBNET=changed(JWT_KEY=None, ENCRYPTION_KEYS=[new, old])):
        assert me(client, pair["access"]).status_code == 200
    with override_settings(WEBNET=changed(JWT_KEY=None, ENCRYPTION_KEYS=[new])):
        assert me(client, pair["access"]).status_code == 401


def test_too_many_failures_close_the_door_for_that_name_with_retry_after(client, user):
    for _ in range(throttles.PER_USERNAME):
        assert login(client, "wrong").status_code == 401
    refused = login(client)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert int(refused["Retry-After"]) > 0
    assert login(client, "wrong", "ADA").status_code == 429
    assert login(client, "wrong", "somebody else").status_code == 401


def test_too_many_failures_close_the_door_for_that_address(client, user):
    for number in range(throttles.PER_ADDRESS):
        login(client, "wrong", f"user{number}")
    assert login(client).status_code == 429
    elsewhere = client.post(f"{API}/auth/login/", {"username": "ada", "password": PASSWORD}, REMOTE_ADDR="127.0.0.9")
    assert elsewhere.status_code == 200


def test_a_forwarded_address_does_not_open_the_door_again(client, user):
    for number in range(throttles.PER_ADDRESS):
        body = {"username": f"user{number}", "password": "wrong"}
        client.post(f"{API}/auth/login/", body, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert login(client).status_code == 429


def test_a_success_forgets_the_failures_of_that_name(client, user):
    for _ in range(throttles.PER_USERNAME - 1):
        login(client, "wrong")
    assert login(client).status_code == 200
    assert login(client, "wrong").status_code == 401


def test_a_session_needs_the_csrf_token_for_what_changes_things(user):
    client = JSONClient(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get(f"{API}/devices/").status_code == 200
    refused = client.post(f"{API}/sites/", {"name": "Rome"})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


def test_a_bearer_token_needs_no_csrf_token(user):
    client = JSONClient(enforce_csrf_checks=True)
    bearer = {"Authorization": f"Bearer {login(client).json()['access']}"}
    assert client.post(f"{API}/sites/", {"name": "Rome"}, headers=bearer).status_code == 201


def test_logout_of_a_session_ends_the_session(client, user):
    client.force_login(user)
    assert client.post(f"{API}/auth/logout/").status_code == 204
    assert client.get(f"{API}/auth/me/").status_code == 401


def test_without_pyjwt_there_are_no_token_routes_and_sessions_work():
    """In a process of its own, for what is mounted is decided once."""
    code = """
import sys
sys.modules["jwt"] = None
import django
django.setup()
from webnet_core.api.urls import urlpatterns
from webnet_core.api.views import WebnetAPIView
names = {pattern.name for pattern in urlpatterns}
assert "api-login" not in names and "api-refresh" not in names, names
assert "api-me" in names and "api-logout" in names
assert [kind.__name__ for kind in WebnetAPIView.authentication_classes] == ["KeyAuthentication", "WebnetSession"]
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def changed(**core):
    from django.conf import settings as site

    return {**site.WEBNET, "CORE": {**site.WEBNET["CORE"], **core}}


def test_the_default_lives_are_a_quarter_of_an_hour_and_a_day():
    assert (settings.CORE.ACCESS_TOKEN_SECONDS, settings.CORE.REFRESH_TOKEN_SECONDS) == (900, 86400)
    assert tokens.available()
