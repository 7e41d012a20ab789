"""A password alone lets nobody in who has a second factor."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings
from tests.api.conftest import JSONClient

from webnet_core.access import throttles
from webnet_core.access.login import SecondFactorRequired, check_password
from webnet_core.access.models import RefreshFamily
from webnet_core.audit.models import AuditEvent
from webnet_core.testing.factories import make_customer, make_user

LOGIN = "/api/v1/auth/login/"
PASSWORD = "correct horse battery staple"


class Paper:
    """A list of codes on paper, each good for one login of Ada's."""

    codes: set[str] = set()

    def required(self, user):
        return user.get_username() == "ada"

    def check(self, user, code, request):
        if code not in self.codes:
            return False
        self.codes.discard(code)
        return True


class Halved:
    def required(self, user):
        return True


@pytest.fixture(autouse=True)
def paper(settings):
    settings.WEBNET = changed(settings, f"{__name__}.Paper")
    Paper.codes = {"1234", "5678"}


@pytest.fixture
def ada(db):
    return make_user("ada", role="operator", customer=make_customer("Ours"), password=PASSWORD)


@pytest.fixture
def client():
    return JSONClient()


def changed(settings, path):
    return {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "SECOND_FACTOR": path}}


def login(client, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": "ada", "password": password, **more})


@pytest.mark.parametrize("given", [{}, {"code": ""}])
def test_a_right_password_alone_gives_no_token_and_says_what_is_missing(client, ada, given):
    refused = login(client, **given)
    assert (refused.status_code, refused.json()["code"]) == (401, "second_factor_required")
    assert RefreshFamily.objects.count() == 0
    assert not AuditEvent.objects.filter(action="auth.login").exists()


def test_a_wrong_password_does_not_tell_that_there_is_a_second_factor(client, ada):
    for given in ({}, {"code": "1234"}):
        assert login(client, "wrong", **given).json()["code"] == "invalid_credentials"
    assert "1234" in Paper.codes


def test_password_and_code_together_give_tokens_and_the_code_is_used(client, ada):
    assert login(client, code="1234").status_code == 200
    again = login(client, code="1234")
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_refused")
    assert RefreshFamily.objects.count() == 1


def test_whoever_has_no_second_factor_signs_in_as_ever(client, ada):
    make_user("bob", password=PASSWORD)
    assert client.post(LOGIN, {"username": "bob", "password": PASSWORD}).status_code == 200


def test_wrong_codes_are_counted_and_recorded_and_close_the_door_to_the_right_one(client, ada):
    for _ in range(throttles.PER_USERNAME):
        assert login(client, code="0000").status_code == 401
        assert login(client).status_code in {401, 429}, "a right password alone forgives nothing"
    assert login(client, code="1234").status_code == 429
    row = AuditEvent.objects.filter(action="auth.login_failed").latest("pk")
    assert row.data == {"username": "ada", "reason": "second factor"}
    assert row.username == ""


def test_a_service_learns_from_the_refusal_whose_password_was_right(ada):
    with pytest.raises(SecondFactorRequired) as caught:
        check_password(None, "ada", PASSWORD)
    assert caught.value.user == ada


@pytest.mark.parametrize("path", ["nowhere.at_all", f"{__name__}.PASSWORD", f"{__name__}.Halved"])
def test_a_second_factor_that_cannot_be_asked_is_an_error_and_lets_nobody_in(client, ada, settings, path):
    with override_settings(WEBNET=changed(settings, path)):
        with pytest.raises(SystemCheckError, match=r"webnet\.E006"):
            call_command("check")
        assert login(client, code="1234").status_code == 500
    assert RefreshFamily.objects.count() == 0
