"""Entering the password again, for a session and for a login by token, and what it opens."""

from __future__ import annotations

import pytest
from django.test import override_settings
from tests.api.conftest import JSONClient

from webnet_core.access.models import RefreshFamily
from webnet_core.audit.models import AuditEvent

API = "/api/v1"
PASSWORD = "correct horse battery staple"
CHANGE = {"port": 2222}


@pytest.fixture
def site(world):
    for who in ("operator", "viewer"):
        world.users[who].set_password(PASSWORD)
        world.users[who].save()
    return world


class Signed:
    """A client signed in by token or by session."""

    def __init__(self, site, by, who="operator"):
        self.site, self.client, self.headers = site, JSONClient(), {}
        if by == "session":
            self.client.force_login(site.users[who])
        else:
            pair = self.client.post(f"{API}/auth/login/", {"username": who, "password": PASSWORD}).json()
            self.headers, self.pair = {"Authorization": f"Bearer {pair['access']}"}, pair

    def reauthenticate(self, password=PASSWORD):
        return self.client.post(f"{API}/auth/reauthenticate/", {"password": password}, headers=self.headers)

    def repoint(self, **change):
        path = f"{API}/devices/{self.site.devices[0].pk}/"
        return self.client.patch(path, change or CHANGE, headers=self.headers)


both = pytest.mark.parametrize("by", ["session", "token"])


@both
def test_the_password_opens_what_a_login_alone_does_not(site, by):
    signed = Signed(site, by)
    refused = signed.repoint()
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    answer = signed.reauthenticate()
    assert (answer.status_code, answer.json()) == (200, {"expires_in": 300})
    assert signed.repoint().status_code == 200
    event = AuditEvent.objects.get(action="devices.update")
    assert (event.data["proof"], event.door) == ("password", by)
    assert AuditEvent.objects.filter(action="auth.reauthenticate", username="operator").exists()


@both
def test_a_wrong_password_opens_nothing_and_is_recorded(site, by):
    signed = Signed(site, by)
    assert signed.reauthenticate("wrong").status_code == 401
    assert signed.repoint().status_code == 403
    assert AuditEvent.objects.get(action="auth.reauthenticate_failed").data == {"username": "operator"}


@both
def test_it_opens_this_login_and_no_other(site, by):
    signed, other = Signed(site, by), Signed(site, by)
    signed.reauthenticate()
    assert other.repoint().status_code == 403


@both
def test_it_passes_by_itself(site, by, settings):
    signed = Signed(site, by)
    signed.reauthenticate()
    with override_settings(WEBNET={**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "STEP_UP_SECONDS": 0.001}}):
        assert signed.repoint().json()["code"] == "reauthentication_required"


@both
def test_it_does_not_replace_a_role(site, by):
    signed = Signed(site, by, "viewer")
    assert signed.reauthenticate().status_code == 200
    assert signed.repoint().json()["code"] == "permission_denied"


def test_it_outlasts_a_refresh_and_ends_with_the_login(site):
    signed = Signed(site, "token")
    signed.reauthenticate()
    pair = signed.client.post(f"{API}/auth/refresh/", {"refresh": signed.pair["refresh"]}).json()
    signed.headers = {"Authorization": f"Bearer {pair['access']}"}
    assert signed.repoint().status_code == 200
    signed.client.post(f"{API}/auth/logout/", headers=signed.headers)
    assert signed.repoint(port=2223).status_code == 401


def test_a_session_that_goes_to_somebody_else_takes_nothing_along(site):
    signed = Signed(site, "session", "viewer")
    signed.reauthenticate()
    signed.client.force_login(site.users["operator"])
    assert signed.repoint().json()["code"] == "reauthentication_required"


def test_a_changed_password_ends_it(site):
    signed = Signed(site, "session")
    signed.reauthenticate()
    user = site.users["operator"]
    user.set_password("another one entirely")
    user.save()
    signed.client.force_login(user)
    session = signed.client.session
    session["_webnet_reauthenticated"] = (
        [session["_webnet_reauthenticated"][0], "0" * 16] if ("_webnet_reauthenticated" in session) else []
    )
    session.save()
    assert signed.repoint().json()["code"] == "reauthentication_required"


@pytest.mark.parametrize("forged", [None, [], [1], "x", [99999999999, ""], {"a": 1}])
def test_nonsense_in_a_session_proves_nothing(site, forged):
    signed = Signed(site, "session")
    session = signed.client.session
    session["_webnet_reauthenticated"] = forged
    session.save()
    assert signed.repoint().json()["code"] == "reauthentication_required"


def test_an_anonymous_caller_cannot_try_passwords_there(site):
    answer = JSONClient().post(f"{API}/auth/reauthenticate/", {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_login_says_where_it_came_from_and_its_user_ends_it(site):
    first, second = Signed(site, "token"), Signed(site, "token")
    rows = first.client.get(f"{API}/auth/logins/", headers=first.headers).json()["results"]
    assert [row["address"] for row in rows] == ["127.0.0.1", "127.0.0.1"]
    newest = RefreshFamily.objects.filter(user=site.users["operator"]).latest("pk")
    done = first.client.delete(f"{API}/auth/logins/{newest.pk}/", headers=first.headers)
    assert done.status_code == 204
    assert second.repoint().status_code == 401
    assert first.client.get(f"{API}/auth/me/", headers=first.headers).status_code == 200
