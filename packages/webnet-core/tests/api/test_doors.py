"""Every door that takes a secret is throttled, and what a client writes about its own address changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.test import RequestFactory, override_settings
from tests.api.conftest import JSONClient

from webnet_core.access import throttles
from webnet_core.access.throttles import PER_ADDRESS, PER_USERNAME, TooManyAttempts, count_attempt
from webnet_core.audit.clients import client_address, neighbourhood
from webnet_core.audit.models import AuditEvent
from webnet_core.conf import settings as typed
from webnet_core.testing.factories import make_customer, make_user

API = "/api/v1"
PASSWORD = "correct horse battery staple"


def core(settings, **changes):
    return {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], **changes}}


@pytest.fixture
def ada(db):
    return make_user("ada", role="operator", customer=make_customer("Ours"), password=PASSWORD)


class Doors:
    """One wrong attempt by each door, from an address that says it is another one each time."""

    def __init__(self):
        self.client = JSONClient()
        self.count = 0

    def post(self, path, body, **headers):
        return self.client.post(f"{API}/{path}", body, headers={**self.forwarded(), **headers})

    def me(self, **headers):
        return self.client.get(f"{API}/auth/me/", headers={**self.forwarded(), **headers})

    def forwarded(self):
        self.count += 1
        return {"X-Forwarded-For": f"203.0.113.{self.count}, 198.51.100.{self.count}", "X-Real-IP": "203.0.113.1"}

    def login(self):
        return self.post("auth/login/", {"username": f"user{self.count}", "password": "wrong"})

    def reauthenticate(self):
        client = JSONClient()
        client.force_authenticate(make_user(f"user{self.count}", password=PASSWORD))
        return client.post(f"{API}/auth/reauthenticate/", {"password": "wrong"}, headers=self.forwarded())

    def refresh(self):
        return self.post("auth/refresh/", {"refresh": f"garbage{self.count}"})

    def bearer(self):
        return self.me(Authorization=f"Bearer garbage{self.count}")

    def key(self):
        return self.me(**{"X-API-Key": f"webnet_0123456789ab_{self.count}"})

    def key_as_bearer(self):
        return self.me(Authorization=f"Bearer webnet_0123456789ab_{self.count}")


DOORS = ["login", "reauthenticate", "refresh", "bearer", "key", "key_as_bearer"]


@pytest.mark.parametrize("name", DOORS)
def test_every_door_closes_for_an_address_whatever_it_says_it_is_forwarded_for(db, name):
    attempt = getattr(Doors(), name)
    codes = [attempt().status_code for _ in range(PER_ADDRESS)]
    assert set(codes) == {401}
    refused = attempt()
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 1 <= int(refused["Retry-After"]) <= 3600


def test_a_username_closes_whatever_address_attempts_come_from_and_whether_it_exists(ada, settings):
    settings.WEBNET = core(settings, TRUSTED_PROXIES=1)
    client = JSONClient()
    for username in ("ada", "nobody"):
        said = []
        for number in range(PER_USERNAME + 2):
            body = {"username": username, "password": "wrong"}
            answer = client.post(f"{API}/auth/login/", body, headers={"X-Forwarded-For": f"203.0.113.{number}"})
            said.append((answer.status_code, answer.json()["code"]))
        assert said == [(401, "invalid_credentials")] * PER_USERNAME + [(429, "too_many_attempts")] * 2
    right = client.post(f"{API}/auth/login/", {"username": "ada", "password": PASSWORD})
    assert right.status_code == 429


def test_failures_at_one_password_door_count_at_the_others(ada):
    client = JSONClient()
    client.force_authenticate(ada)
    for number in range(PER_USERNAME):
        door = "reauthenticate" if number % 2 else "login"
        body = {"password": "wrong"} if number % 2 else {"username": "ADA", "password": "wrong"}
        assert client.post(f"{API}/auth/{door}/", body).status_code == 401
    assert client.post(f"{API}/auth/reauthenticate/", {"password": PASSWORD}).status_code == 429
    assert client.post(f"{API}/auth/login/", {"username": "ada", "password": PASSWORD}).status_code == 429


def test_a_program_with_an_old_key_locks_nobody_out_of_the_login(ada):
    doors = Doors()
    while doors.key().status_code != 429:
        pass
    assert doors.post("auth/login/", {"username": "ada", "password": PASSWORD}).status_code == 200


def test_those_who_sign_in_rightly_are_never_too_many(ada):
    client = JSONClient()
    codes = [
        client.post(f"{API}/auth/login/", {"username": "ada", "password": PASSWORD}).status_code
        for _ in range(PER_ADDRESS + 2)
    ]
    assert set(codes) == {200}


def test_a_hundred_attempts_at_once_are_no_more_than_a_few():
    def one(_):
        try:
            count_attempt("login", "192.0.2.1", "ada")
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(100))) == PER_USERNAME


def test_a_site_that_caches_nothing_counts_all_the_same(ada, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    throttles._own.clear()
    client = JSONClient()
    for _ in range(PER_USERNAME):
        client.post(f"{API}/auth/login/", {"username": "ada", "password": "wrong"})
    assert client.post(f"{API}/auth/login/", {"username": "ada", "password": PASSWORD}).status_code == 429
    throttles._own.clear()


def test_attempts_are_counted_in_the_cache_that_is_named(ada, settings):
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        "doors": {"BACKEND": memory, "LOCATION": "doors"},
    }
    settings.WEBNET = core(settings, CACHE="doors")
    for _ in range(PER_USERNAME):
        count_attempt("login", "192.0.2.1", "ada")
    with pytest.raises(TooManyAttempts):
        count_attempt("login", "192.0.2.2", "ada")
    caches["doors"].clear()
    count_attempt("login", "192.0.2.2", "ada")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "found"),
    [
        (0, "203.0.113.7", "192.0.2.1", "192.0.2.1"),
        (0, "", "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.7", "192.0.2.1", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "192.0.2.1", "203.0.113.7"),
        (1, "6.6.6.6,,203.0.113.7", "", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "10.0.0.2", "203.0.113.7"),
        (2, "6.6.6.6", "192.0.2.1", "192.0.2.1"),
        (1, "", "192.0.2.1", "192.0.2.1"),
        (1, "nonsense<script>", "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.7:4711", "192.0.2.1", "203.0.113.7"),
        (1, "[2001:DB8::7]:4711", "192.0.2.1", "2001:db8::7"),
        (1, "2001:db8:0:0::7", "192.0.2.1", "2001:db8::7"),
        (1, "::ffff:203.0.113.7", "192.0.2.1", "203.0.113.7"),
    ],
)
def test_only_what_our_own_proxies_say_is_believed(settings, proxies, forwarded, peer, found):
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(WEBNET=core(settings, TRUSTED_PROXIES=proxies)):
        assert client_address(request) == found


def test_addresses_of_one_ipv6_network_count_together():
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood("192.0.2.1") != neighbourhood("192.0.2.2")


def test_the_audit_has_the_address_that_the_throttle_counts(ada, settings):
    settings.WEBNET = core(settings, TRUSTED_PROXIES=1)
    body = {"username": "ada", "password": "wrong"}
    JSONClient().post(f"{API}/auth/login/", body, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    assert AuditEvent.objects.get(action="auth.login_failed").address == "203.0.113.7"


def test_out_of_the_box_the_window_is_a_minute(settings):
    with override_settings(WEBNET={"CORE": {"ENCRYPTION_KEYS": settings.WEBNET["CORE"]["ENCRYPTION_KEYS"]}}):
        assert typed.CORE.LOGIN_WINDOW_SECONDS == 60
        assert typed.CORE.TRUSTED_PROXIES == 0
