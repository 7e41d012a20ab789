"""What the example project sends, allows and forgets in production."""

from __future__ import annotations

import re
import time
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import identify_hasher
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client, override_settings
from django.urls import reverse

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
ALLOWED = "https://dashboard.example.org"


@pytest.fixture
def ada() -> Any:
    """The administrator."""
    return get_user_model().objects.create_superuser(username="ada", password=PASSWORD)


class Secure(Client):
    """A browser that comes by HTTPS."""

    def generic(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request."""
        return super().generic(*args, **{**kwargs, "secure": True})


@pytest.fixture
def https() -> Client:
    """A browser that comes by HTTPS."""
    return Secure(headers={"host": "netops.example.org"})


@pytest.fixture(autouse=True)
def redirecting(settings: Any) -> None:
    """Send plain HTTP to HTTPS as the example project does."""
    settings.SECURE_SSL_REDIRECT = settings.REDIRECT


def policy(response: Any) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {part.partition(" ")[0]: part.partition(" ")[2] for part in parts}


def sign_in(browser: Client) -> Any:
    return browser.post(reverse("webnet:login"), {"username": "ada", "password": PASSWORD})


# ------------------------------------------------------------------------------------------------------------ checks


def test_check_deploy_finds_no_error_and_only_two_matters_of_the_domain() -> None:
    told = StringIO()
    call_command("check", deploy=True, stdout=told, stderr=told)
    assert set(re.findall(r"\((\w+\.[EW]\d+)\)", told.getvalue())) <= {"security.W005", "security.W021"}


def test_passwords_are_kept_by_argon2(ada: Any) -> None:
    assert identify_hasher(ada.password).algorithm == "argon2"


# ----------------------------------------------------------------------------------------------------------- headers


def test_every_page_forbids_what_it_does_not_need(https: Client) -> None:
    page = https.get(reverse("webnet:login"))
    assert page.status_code == 200
    found = policy(page)
    for name in ("object-src", "base-uri", "frame-ancestors"):
        assert found[name] == "'none'"
    for name in ("default-src", "connect-src", "form-action"):
        assert found[name] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", found["script-src"])
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    expected = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Strict-Transport-Security": "max-age=31536000",
    }
    assert {name: page.headers[name] for name in expected} == expected
    assert "camera=()" in page.headers["Permissions-Policy"]


def test_a_nonce_is_good_for_one_answer_and_stands_in_its_page(https: Client) -> None:
    pages = [https.get(reverse("webnet:login")) for _ in range(2)]
    nonces = [re.search(r"nonce-([\w-]+)", policy(page)["script-src"]) for page in pages]
    first, second = (found[1] for found in nonces if found)
    assert first != second
    assert f'nonce="{first}"' in pages[0].content.decode()


def test_djangos_admin_and_the_docs_run_no_inline_script(https: Client, ada: Any) -> None:
    https.force_login(ada)
    for address in ("/admin/", "/admin/accounts/user/add/", reverse("webnet:api-docs")):
        page = https.get(address)
        assert page.status_code == 200, address
        assert "unsafe" not in policy(page)["script-src"]
        assert (
            re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son\w+=", page.content.decode()) == []
        )


def test_what_somebody_signed_in_sees_is_kept_nowhere(https: Client, ada: Any) -> None:
    https.force_login(ada)
    for address in (reverse("webnet:dashboard"), reverse("webnet:api-devices-list"), "/admin/"):
        assert "no-store" in https.get(address).headers["Cache-Control"], address


def test_plain_http_is_sent_to_https(ada: Any) -> None:
    answer = Client(headers={"host": "netops.example.org"}).get("/login/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://netops.example.org/login/")


def test_a_forwarded_scheme_of_nobodys_is_not_believed() -> None:
    answer = Client(headers={"host": "netops.example.org", "x-forwarded-proto": "https"}).get("/login/")
    assert answer.status_code == 301


# ---------------------------------------------------------------------------------------------------------- sessions


def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(https: Client, ada: Any) -> None:
    answer = sign_in(https)
    cookie = answer.cookies["__Host-webnet_session"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert "__Host-webnet_csrf" in answer.cookies


def age(browser: Client, **seconds: int) -> None:
    session = browser.session
    for name, ago in seconds.items():
        session[name] = int(time.time()) - ago
    session.save()


@pytest.mark.parametrize(
    ("ages", "status"),
    [
        ({"used": settings.SESSION_IDLE_SECONDS + 60}, 302),
        ({"began": settings.SESSION_ABSOLUTE_SECONDS + 60}, 302),
        ({"used": settings.SESSION_IDLE_SECONDS - 60, "began": settings.SESSION_ABSOLUTE_SECONDS - 60}, 200),
    ],
)
def test_a_session_ends_when_it_is_idle_for_long_or_old(
    ages: dict[str, int], status: int, https: Client, ada: Any
) -> None:
    sign_in(https)
    age(https, **ages)
    assert https.get(reverse("webnet:dashboard")).status_code == status
    again = 401 if status == 302 else 200
    assert https.get(reverse("webnet:api-me")).status_code == again


def test_a_page_that_polls_keeps_no_session_alive(https: Client, ada: Any) -> None:
    sign_in(https)
    almost = settings.SESSION_IDLE_SECONDS - 60
    age(https, used=almost)
    https.get(reverse("webnet:api-job-events", args=[1]))
    assert time.time() - https.session["used"] >= almost
    https.get(reverse("webnet:dashboard"))
    assert time.time() - https.session["used"] < almost


def test_signing_in_begins_a_new_session_life(https: Client, ada: Any) -> None:
    sign_in(https)
    age(https, began=settings.SESSION_ABSOLUTE_SECONDS - 60)
    https.force_login(ada)
    assert time.time() - https.session["began"] < settings.SESSION_ABSOLUTE_SECONDS - 60


# ------------------------------------------------------------------------------------------------------ other origins


@pytest.mark.parametrize("method", ["get", "options"])
def test_only_a_listed_origin_may_read_the_api_and_never_with_cookies(method: str, https: Client) -> None:
    asked = {"access-control-request-method": "GET", "access-control-request-headers": "authorization"}
    for origin, expected in ((ALLOWED, ALLOWED), ("https://evil.example", None), ("null", None)):
        answer = getattr(https, method)(reverse("webnet:api-me"), headers={"origin": origin, **asked})
        assert answer.headers.get("Access-Control-Allow-Origin") == expected, origin
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_pages_are_for_no_other_origin(https: Client) -> None:
    answer = https.get(reverse("webnet:login"), headers={"origin": ALLOWED})
    assert "Access-Control-Allow-Origin" not in answer.headers


@override_settings(CORS_ALLOWED_ORIGINS=[])
def test_without_a_list_there_is_no_header_for_anybody(https: Client) -> None:
    answer = https.get(reverse("webnet:api-me"), headers={"origin": ALLOWED})
    assert "Access-Control-Allow-Origin" not in answer.headers


@override_settings(CORS_ALLOWED_ORIGINS=["*"])
def test_a_wildcard_is_no_origin_and_stops_the_start() -> None:
    with pytest.raises(SystemCheckError, match="corsheaders"):
        call_command("check")


# ---------------------------------------------------------------------------------------------------- nothing is there


def test_an_address_without_a_route_is_answered_in_the_sites_own_look(https: Client, ada: Any) -> None:
    outside = https.get("/nowhere/")
    assert outside.status_code == 404
    assert 'href="/login/"' in outside.content.decode()
    https.force_login(ada)
    inside = https.get("/nowhere/")
    assert inside.status_code == 404
    assert "wn-shell" in inside.content.decode()


@pytest.mark.parametrize("path", ["/api/", "/api/nope", "/api/v2/devices/", "/api/v1/nope/"])
def test_below_the_api_it_is_answered_as_the_api_does(https: Client, path: str) -> None:
    answer = https.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert https.post(path).json()["code"] == "not_found"


def test_a_form_that_is_out_of_date_is_told_so() -> None:
    strict = Secure(headers={"host": "netops.example.org"}, enforce_csrf_checks=True)
    refused = strict.post("/login/", {"username": "ada", "password": PASSWORD})
    assert refused.status_code == 403
    assert "out of date" in refused.content.decode()
