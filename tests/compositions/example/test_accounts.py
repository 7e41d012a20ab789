"""Second factors, passkeys, sign-up and single sign-on: no way in goes round what somebody has set up."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from example_project.settings.identity import oidc_from, origin_of
from webnet_core.access.throttles import PER_USERNAME
from webnet_core.audit.models import AuditEvent
from webnet_core.models import Membership

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
GIVEN = {"username": "ada", "password": PASSWORD}
REST = "/api/v1/auth/login/"
ALLAUTH = "/accounts/login/"


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Begin and end with no attempt counted and no code used."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada() -> Any:
    """The administrator, without a second factor."""
    return get_user_model().objects.create_superuser(username="ada", password=PASSWORD)


@pytest.fixture
def secret(ada: Any) -> str:
    """The seed of ada's authenticator app."""
    made = generate_totp_secret()
    TOTP.activate(ada, made)
    return made


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def rest(browser: Client, **more: str) -> Any:
    return browser.post(REST, GIVEN | more, content_type="application/json")


def enter(browser: Client) -> None:
    browser.post(ALLAUTH, {"login": "ada", **GIVEN})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


def is_in(browser: Client) -> bool:
    return browser.get(reverse("webnet:api-me")).status_code == 200


# ---------------------------------------------------------------------------------------------------- every way in


def test_without_a_second_factor_both_pages_and_rest_take_the_password(client: Client, ada: Any) -> None:
    assert rest(client).status_code == 200
    for page in (reverse("webnet:login"), ALLAUTH):
        browser = Client()
        assert browser.post(page, {"login": "ada", **GIVEN}).url == "/"
        assert is_in(browser), page


def test_a_token_is_had_with_password_and_code_alone_and_a_code_is_good_once(client: Client, secret: str) -> None:
    refused = rest(client)
    assert (refused.status_code, refused.json()["code"]) == (401, "second_factor_required")
    code = code_of(secret)
    assert rest(client, code=code).status_code == 200
    assert rest(client, code=code).json()["code"] == "second_factor_refused"


def test_a_recovery_code_stands_in_for_the_app_and_is_good_once(client: Client, ada: Any, secret: str) -> None:
    (code, *_) = RecoveryCodes.activate(ada).get_unused_codes()
    assert rest(client, code=code).status_code == 200
    assert rest(client, code=code).status_code == 401


def test_the_login_page_asks_for_the_code(client: Client, secret: str) -> None:
    page = client.post(reverse("webnet:login"), GIVEN)
    assert b'name="code"' in page.content
    assert not is_in(client)
    client.post(reverse("webnet:login"), {"code": code_of(secret)})
    assert is_in(client)


def test_allauths_page_asks_for_it_too(client: Client, secret: str) -> None:
    assert client.post(ALLAUTH, {"login": "ada", **GIVEN}).url == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_in(client)


def test_djangos_admin_has_no_door_of_its_own(client: Client, secret: str) -> None:
    assert client.post("/admin/login/?next=/admin/", GIVEN).url == "/login/?next=/admin/"
    assert client.get("/admin/").status_code == 302
    assert not is_in(client)


def test_whoever_has_only_a_passkey_gets_in_by_no_code(client: Client, ada: Any) -> None:
    Authenticator.objects.create(user=ada, type=Authenticator.Type.WEBAUTHN, data={"credential": {}})
    for code in ("000000", "credential"):
        assert rest(client, code=code).json()["code"] == "second_factor_refused"
    assert b"Sign in with a passkey" in client.get(reverse("webnet:login")).content


def test_attempts_are_counted_together_whichever_door_they_come_to(client: Client, ada: Any) -> None:
    for number in range(PER_USERNAME):
        if number % 2:
            assert rest(client, password="wrong").status_code == 401
        else:
            client.post(ALLAUTH, {"login": "ada", "password": "wrong"})
    told = client.post(ALLAUTH, {"login": "ada", **GIVEN}).content.decode()
    assert "Too many failed login attempts" in told
    assert rest(client).status_code == 429
    assert not is_in(client)
    assert AuditEvent.objects.filter(action="auth.login_failed").count() == PER_USERNAME


def test_the_seed_of_an_app_is_stored_encrypted(ada: Any, secret: str) -> None:
    row = Authenticator.objects.get(user=ada)
    assert secret not in str(row.data)
    assert row.wrap().validate_code(code_of(secret))


# --------------------------------------------------------------------------------------------------------- sign-up

NEW = {"username": "eve", "email": "", "password1": "a-password-nobody-has", "password2": "a-password-nobody-has"}


def test_nobody_makes_an_account_where_it_is_not_allowed(client: Client) -> None:
    assert b"closed" in client.get("/accounts/signup/").content
    client.post("/accounts/signup/", NEW)
    assert not get_user_model().objects.filter(username="eve").exists()


def test_where_it_is_allowed_a_new_account_has_no_role(client: Client, settings: Any) -> None:
    settings.ALLOW_REGISTRATION = True
    client.post("/accounts/signup/", NEW)
    eve = get_user_model().objects.get(username="eve")
    assert not eve.is_superuser
    assert not Membership.objects.filter(user=eve).exists()
    assert client.get(reverse("webnet:api-devices-list")).status_code == 403


# ----------------------------------------------------------------------------------------------------------- pages


def test_allauths_pages_look_like_the_site_and_hold_its_policy(client: Client, ada: Any) -> None:
    stranger = Client()
    shown = {page: stranger.get(page) for page in (ALLAUTH, "/accounts/signup/", "/accounts/password/reset/")}
    enter(client)
    own = ("", "totp/activate/", "webauthn/add/")
    shown |= {page: client.get(page) for page in [*(f"/accounts/2fa/{name}" for name in own), "/accounts/logout/"]}
    for page, answer in shown.items():
        assert answer.status_code == 200, page
        html = answer.content.decode()
        assert "webnet_ui/webnet.css" in html, page
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+=|\sstyle=|https?://", html) == [], (
            page
        )


def test_setting_up_an_app_makes_the_next_login_ask(client: Client, ada: Any) -> None:
    enter(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'value="([A-Z2-7]{32})"', page)
    assert found, page
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1])})
    assert Authenticator.objects.filter(user=ada, type=Authenticator.Type.TOTP).exists()
    assert rest(Client()).json()["code"] == "second_factor_required"


def test_recovery_codes_are_shown_to_their_owner(client: Client, ada: Any) -> None:
    enter(client)
    TOTP.activate(ada, generate_totp_secret())
    codes = RecoveryCodes.activate(ada).get_unused_codes()
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert [code for code in codes if code not in page] == []


# --------------------------------------------------------------------------------------------------- single sign-on


def test_single_sign_on_is_offered_where_it_is_configured(client: Client, settings: Any) -> None:
    assert b"openid" not in client.get(ALLAUTH).content
    given = {"WEBNET_OIDC_URL": "https://id.example.org/realms/net", "WEBNET_OIDC_CLIENT_ID": "webnet"}
    settings.SOCIALACCOUNT_PROVIDERS = oidc_from(given | {"WEBNET_OIDC_NAME": "Example ID"})
    settings.CSP_FORM_ACTION = origin_of(given["WEBNET_OIDC_URL"])
    page = client.get(ALLAUTH)
    assert b"Example ID" in page.content
    assert "form-action 'self' https://id.example.org" in page.headers["Content-Security-Policy"]


def test_without_an_issuer_there_is_no_provider() -> None:
    assert oidc_from({"WEBNET_OIDC_CLIENT_ID": "webnet"}) == {}
    assert origin_of("") == ""
