"""Signing in by the form, alone and with a second factor."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from webnet_ui.signin import pending

LOGIN = "/netops/login/"
PASSWORD = "a-long-password"


class Paper:
    """One code, good for everybody but Bob, who has none."""

    def required(self, user):
        return user.get_username() != "bob"

    def check(self, user, code, request):
        return code == "123456"


@pytest.fixture(autouse=True)
def site(settings, db):
    settings.WEBNET = {**settings.WEBNET, "CORE": {"SECOND_FACTOR": f"{__name__}.Paper"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ana(django_user_model):
    return django_user_model.objects.create_user(username="ana", password=PASSWORD)


def half_way(client, next_page=""):
    return client.post(LOGIN, {"username": "ana", "password": PASSWORD, "next": next_page})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_leads_to_the_code_and_not_into_the_site(client, ana):
    page = half_way(client).content.decode()
    assert 'name="code"' in page
    assert 'name="password"' not in page
    assert not signed_in(client)
    assert client.get("/netops/devices/").status_code == 302


def test_the_code_signs_in_and_the_target_is_kept(client, ana):
    assert 'value="/netops/devices/"' in half_way(client, "/netops/devices/").content.decode()
    sent = client.post(LOGIN, {"code": "123 456", "next": "/netops/devices/"})
    assert sent.url == "/netops/devices/"
    assert signed_in(client)
    assert pending.KEY not in client.session


def test_a_wrong_code_is_told_and_asked_for_again(client, ana):
    half_way(client)
    page = client.post(LOGIN, {"code": "000000"}).content.decode()
    assert "That code is wrong" in page
    assert 'name="code"' in page
    assert not signed_in(client)


@pytest.mark.parametrize("earlier", [False, True])
def test_a_code_without_a_password_before_it_is_worth_nothing(client, ana, earlier):
    if earlier:
        half_way(client)
        assert 'name="password"' in client.get(LOGIN).content.decode(), "coming back begins anew"
    page = client.post(LOGIN, {"code": "123456"}).content.decode()
    assert "That took too long; sign in again." in page
    assert 'name="password"' in page
    assert not signed_in(client)


def test_what_happens_between_the_halves_counts(client, ana):
    for change in ({"is_active": False}, {"is_active": True, "password": "!changed"}):
        half_way(client)
        type(ana).objects.filter(pk=ana.pk).update(**change)
        client.post(LOGIN, {"code": "123456"})
        assert not signed_in(client), change


def test_a_password_given_long_ago_is_forgotten(client, ana):
    half_way(client)
    session = client.session
    session[pending.KEY][-1] -= pending.SECONDS + 1
    session[pending.KEY] = list(session[pending.KEY])
    session.save()
    client.post(LOGIN, {"code": "123456"})
    assert not signed_in(client)


def test_whoever_has_no_second_factor_is_never_asked(client, django_user_model):
    django_user_model.objects.create_user(username="bob", password=PASSWORD)
    client.post(LOGIN, {"username": "bob", "password": PASSWORD})
    assert signed_in(client)
