"""Accounts and memberships: who may make, change and close which, and what ends at once."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import override_settings
from tests.api.conftest import JSONClient

from webnet_core.access.apikeys import create_key, user_of
from webnet_core.access.endings import rights_changed
from webnet_core.access.memberships import LastGlobalAdmin, grant, revoke, set_role
from webnet_core.access.models import ApiKey, Membership, RefreshFamily
from webnet_core.access.permissions import PersonRequired
from webnet_core.access.throttles import PER_ADDRESS
from webnet_core.access.users import create_user, deactivate_user, delete_user, set_password, update_user
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import InvalidInput, PermissionDenied
from webnet_core.testing.factories import make_user

API = "/api/v1"
PASSWORD = "correct horse battery staple"
VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
User = get_user_model()


@pytest.fixture
def ada(world):
    """An operator of ours with a login of every kind."""
    user = make_user("ada", role="operator", customer=world.ours, password=PASSWORD)
    world.users["ada"] = user
    return user


def logins_of(user):
    """Return clients signed in by token, session and key."""
    token, session, key = JSONClient(), JSONClient(), JSONClient()
    pair = token.post(f"{API}/auth/login/", {"username": user.get_username(), "password": PASSWORD}).json()
    token.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    session.force_login(user)
    _, text = create_key(user, {"name": f"key {ApiKey.objects.count()}", "scopes": ["view"]})
    key.credentials(HTTP_X_API_KEY=text)
    return token, session, key, pair["refresh"]


def codes(clients):
    return [client.get(f"{API}/devices/").status_code for client in clients]


# ------------------------------------------------------------------------------------------------------ registration


def test_nobody_registers_where_that_is_not_allowed(db):
    answer = JSONClient().post(f"{API}/auth/register/", {"username": "new", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "registration_disabled")
    assert not User.objects.filter(username="new").exists()


@pytest.fixture
def registration(db, settings):
    settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "ALLOW_REGISTRATION": True}}
    settings.AUTH_PASSWORD_VALIDATORS = VALIDATORS


def test_a_new_account_belongs_nowhere_whatever_role_it_asks_for(world, registration):
    body = {"username": "new", "password": PASSWORD, "role": "admin"}
    answer = JSONClient().post(f"{API}/auth/register/", body)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["username"], shown["role"], shown["customers"], shown["memberships"]) == ("new", None, [], [])
    made = User.objects.get(username="new")
    assert (made.is_staff, made.is_superuser, made.check_password(PASSWORD)) == (False, False, True)
    assert not Membership.objects.filter(user=made).exists()
    client = JSONClient()
    client.force_login(made)
    assert client.get(f"{API}/devices/").status_code == 403
    assert AuditEvent.objects.get(action="auth.register").username == "new"


@pytest.mark.parametrize("password", ["short", "password12345678"[:8], "newcomer-name", "111111111111"])
def test_a_weak_password_makes_no_account(registration, password):
    answer = JSONClient().post(f"{API}/auth/register/", {"username": "newcomer-name", "password": password})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "password")
    assert not User.objects.exists()


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "is_active", "customer_ids", "id", "email"])
def test_nothing_else_is_taken_from_whoever_registers(registration, field):
    answer = JSONClient().post(f"{API}/auth/register/", {"username": "new", "password": PASSWORD, field: True})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, field)


@pytest.mark.parametrize("username", ["viewer", "VIEWER", "Ｖiewer"])
def test_a_name_that_looks_like_one_there_is_is_taken(world, registration, username):
    answer = JSONClient().post(f"{API}/auth/register/", {"username": username, "password": PASSWORD})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unique")


def test_registering_is_throttled_though_it_succeeds(registration):
    client = JSONClient()
    for number in range(PER_ADDRESS):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        body = {"username": f"user{number}", "password": PASSWORD}
        assert client.post(f"{API}/auth/register/", body, headers=headers).status_code == 201
    body = {"username": "one-too-many", "password": PASSWORD}
    refused = client.post(f"{API}/auth/register/", body, headers={"X-Forwarded-For": "203.0.113.99"})
    assert refused.status_code == 429
    assert not User.objects.filter(username="one-too-many").exists()


# ---------------------------------------------------------------------------------------------------------- accounts


def test_a_global_admin_makes_an_account_with_a_role_in_customers(world):
    body = {"username": "new", "password": PASSWORD, "role": "operator", "customer_ids": [world.ours.pk]}
    answer = world.client("boss").post(f"{API}/users/", body)
    assert answer.status_code == 201, answer.json()
    shown = answer.json()
    assert (shown["role"], [one["name"] for one in shown["customers"]]) == ("operator", ["Ours"])
    made = User.objects.get(username="new")
    assert Membership.objects.get(user=made).role == "operator"
    assert (made.is_staff, made.is_superuser) == (False, False)
    assert AuditEvent.objects.filter(action="users.create", username="boss").exists()
    assert PASSWORD not in str([row.data for row in AuditEvent.objects.all()])


def test_an_account_without_customers_has_no_role_anywhere_even_as_admin(world):
    answer = world.client("boss").post(f"{API}/users/", {"username": "new", "password": PASSWORD, "role": "admin"})
    assert answer.status_code == 201
    assert not Membership.objects.filter(user__username="new").exists()


def test_an_unknown_customer_makes_no_account(world):
    body = {"username": "new", "password": PASSWORD, "customer_ids": [world.ours.pk, 999_999]}
    answer = world.client("boss").post(f"{API}/users/", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "customer_ids")
    assert not User.objects.filter(username="new").exists()


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "groups", "user_permissions", "last_login", "pk"])
def test_what_makes_a_superuser_is_never_writable(world, field):
    boss, path = world.client("boss"), f"{API}/users/{world.users['viewer'].pk}/"
    for answer in (
        boss.post(f"{API}/users/", {"username": "new", "password": PASSWORD, field: True}),
        boss.put(path, {field: True}),
        boss.patch(path, {field: True}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")


def test_admins_of_a_customer_see_who_belongs_to_it_and_only_their_roles_there(world, ada):
    Membership.objects.create(user=ada, customer=world.theirs, role="admin")
    rows = {row["username"]: row for row in world.client("admin").get(f"{API}/users/").json()["results"]}
    assert set(rows) == {"viewer", "operator", "admin", "ada"}
    assert (rows["ada"]["role"], [one["name"] for one in rows["ada"]["customers"]]) == ("operator", ["Ours"])
    assert "Theirs" not in str(rows)
    everybody = world.client("boss").get(f"{API}/users/").json()["results"]
    assert {"stranger", "boss"} <= {row["username"] for row in everybody}


@pytest.mark.parametrize("who", ["viewer", "operator", "admin", "stranger"])
def test_only_a_global_admin_writes_accounts_by_service_too(world, who):
    actor, target = world.users[who], world.users["boss"]
    for act in (
        lambda: create_user(actor, {"username": "new", "password": PASSWORD}),
        lambda: update_user(actor, target, {"role": "viewer"}),
        lambda: deactivate_user(actor, target),
        lambda: set_password(actor, target, PASSWORD),
    ):
        with pytest.raises(PermissionDenied):
            act()
    target.refresh_from_db()
    assert target.is_active


def test_an_api_key_changes_no_account_password_or_membership(world):
    scopes = ["view", "users.view", "users.edit", "memberships.edit"]
    _, text = create_key(world.users["boss"], {"name": "all", "scopes": scopes})
    key, _ = user_of(text, "")
    target = world.users["viewer"]
    membership = Membership.objects.get(user=target)
    for act in (
        lambda: create_user(key, {"username": "new", "password": PASSWORD}),
        lambda: update_user(key, target, {"is_active": False}),
        lambda: set_password(key, target, PASSWORD),
        lambda: grant(key, target, world.theirs.pk, "admin"),
        lambda: set_role(key, membership, "admin"),
        lambda: revoke(key, membership),
    ):
        with pytest.raises(PersonRequired):
            act()
    client = JSONClient()
    client.credentials(HTTP_X_API_KEY=text)
    assert client.get(f"{API}/users/").status_code == 200
    assert client.post(f"{API}/users/{target.pk}/deactivate/").json()["code"] == "person_required"


# ------------------------------------------------------------------------------------------------------------ ending


@pytest.mark.parametrize("way", ["route", "field", "save"])
def test_everything_of_a_closed_account_ends_and_nothing_comes_back_with_it(world, ada, way):
    token, session, key, refresh = logins_of(ada)
    assert codes((token, session, key)) == [200, 200, 200]
    path = f"{API}/users/{ada.pk}/"
    if way == "route":
        assert world.client("boss").post(f"{path}deactivate/").json()["is_active"] is False
    elif way == "field":
        assert world.client("boss").patch(path, {"is_active": False}).status_code == 200
    else:
        ada.is_active = False
        ada.save()
    assert codes((token, session, key)) == [401, 401, 401]
    assert JSONClient().post(f"{API}/auth/refresh/", {"refresh": refresh}).status_code == 401
    assert JSONClient().post(f"{API}/auth/login/", {"username": "ada", "password": PASSWORD}).status_code == 401
    assert not Session.objects.exists()
    assert world.client("boss").post(f"{path}activate/").json()["is_active"] is True
    assert codes((token, session, key)) == [401, 401, 401]
    assert JSONClient().post(f"{API}/auth/refresh/", {"refresh": refresh}).status_code == 401
    assert JSONClient().post(f"{API}/auth/login/", {"username": "ada", "password": PASSWORD}).status_code == 200


def test_closing_one_account_ends_nobody_elses(world, ada):
    bob = make_user("bob", role="viewer", customer=world.ours, password=PASSWORD)
    others = logins_of(bob)[:3]
    world.client("boss").post(f"{API}/users/{ada.pk}/deactivate/")
    assert codes(others) == [200, 200, 200]


def test_another_password_ends_logins_and_leaves_keys(world, ada):
    token, session, key, refresh = logins_of(ada)
    answer = world.client("boss").patch(f"{API}/users/{ada.pk}/", {"password": "another long one entirely"})
    assert answer.status_code == 200
    assert codes((token, session, key)) == [401, 401, 200]
    assert JSONClient().post(f"{API}/auth/refresh/", {"refresh": refresh}).status_code == 401
    assert RefreshFamily.objects.get(user=ada).revoked_reason == "password changed"
    assert "another long one" not in str(AuditEvent.objects.values_list("data", flat=True))


def test_a_weak_password_is_not_set_and_ends_nothing(world, ada):
    token, session, key, _ = logins_of(ada)
    with override_settings(AUTH_PASSWORD_VALIDATORS=VALIDATORS):
        answer = world.client("boss").patch(f"{API}/users/{ada.pk}/", {"password": "short"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "password")
    assert codes((token, session, key)) == [200, 200, 200]


def test_a_role_taken_away_counts_from_the_next_request_and_ends_no_login(world, ada):
    token, session, key, _ = logins_of(ada)
    row = Membership.objects.get(user=ada)
    assert world.client("admin").delete(f"{API}/memberships/{row.pk}/").status_code == 204
    assert codes((token, session, key)) == [403, 403, 403]
    assert token.get(f"{API}/auth/me/").status_code == 200


@pytest.mark.parametrize("end", [deactivate_user, delete_user])
def test_sockets_are_told_once_the_change_is_stored(world, ada, django_capture_on_commit_callbacks, end):
    told, user_id = [], ada.pk

    def listen(*, user_id, **_):
        told.append(user_id)

    rights_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            end(world.users["boss"], ada)
            assert told == []
        assert set(told) == {user_id}
    finally:
        rights_changed.disconnect(listen)


# ------------------------------------------------------------------------------------------------------- memberships


def test_an_admin_of_a_customer_gives_roles_in_it_and_nowhere_else(world):
    client = world.client("admin")
    inside = client.post(f"{API}/memberships/", {"username": "stranger", "customer_id": world.ours.pk, "role": "admin"})
    assert (inside.status_code, inside.json()["role"]) == (201, "admin")
    foreign = {"username": "viewer", "customer_id": world.theirs.pk, "role": "viewer"}
    missing = {**foreign, "customer_id": 999_999}
    refused, absent = client.post(f"{API}/memberships/", foreign), client.post(f"{API}/memberships/", missing)
    assert refused.status_code == absent.status_code == 400
    assert refused.json()["message"].replace(str(world.theirs.pk), "X") == absent.json()["message"].replace(
        "999999", "X"
    )
    everywhere = client.post(f"{API}/memberships/", {"username": "viewer", "customer_id": None, "role": "viewer"})
    assert (everywhere.status_code, everywhere.json()["action"]) == (403, "users.edit")
    of_boss = Membership.objects.get(user=world.users["boss"])
    theirs = Membership.objects.get(user=world.users["stranger"], customer=world.theirs)
    for row in (of_boss, theirs):
        for answer in (
            client.get(f"{API}/memberships/{row.pk}/"),
            client.patch(f"{API}/memberships/{row.pk}/", {"role": "viewer"}),
            client.delete(f"{API}/memberships/{row.pk}/"),
        ):
            assert answer.status_code == 404


def test_a_name_nobody_has_gets_no_role_and_makes_no_account(world):
    body = {"username": "nobody", "customer_id": world.ours.pk, "role": "viewer"}
    answer = world.client("admin").post(f"{API}/memberships/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_user")


def test_a_second_role_in_one_customer_is_refused(world):
    body = {"username": "viewer", "customer_id": world.ours.pk, "role": "admin"}
    assert world.client("admin").post(f"{API}/memberships/", body).status_code == 409
    assert Membership.objects.get(user=world.users["viewer"]).role == "viewer"


@pytest.mark.parametrize("who", ["viewer", "operator"])
def test_nobody_raises_themselves(world, who):
    user = world.users[who]
    row = Membership.objects.get(user=user)
    for act in (
        lambda: set_role(user, row, "admin"),
        lambda: grant(user, user, None, "admin"),
        lambda: grant(user, world.users["viewer"], world.ours.pk, "admin"),
        lambda: grant(user, user, world.theirs.pk, "viewer"),
    ):
        with pytest.raises((PermissionDenied, InvalidInput)):
            act()
    assert list(Membership.objects.filter(user=user).values_list("role", flat=True)) == [who]


def test_a_changed_role_is_recorded_with_what_it_was(world):
    row = Membership.objects.get(user=world.users["viewer"])
    set_role(world.users["admin"], row, "operator")
    event = AuditEvent.objects.get(action="memberships.change")
    assert (event.data["was"], event.data["role"], event.customer_id) == ("viewer", "operator", world.ours.pk)


def test_the_last_global_admin_stays_one(world):
    boss = world.users["boss"]
    row = Membership.objects.get(user=boss)
    for act in (
        lambda: revoke(boss, row),
        lambda: set_role(boss, row, "viewer"),
        lambda: deactivate_user(boss, boss),
        lambda: update_user(boss, boss, {"role": "operator"}),
    ):
        with pytest.raises(LastGlobalAdmin):
            act()
    row.refresh_from_db()
    boss.refresh_from_db()
    assert (row.role, boss.is_active) == ("admin", True)


@pytest.mark.parametrize("active", [True, False])
def test_a_global_admin_goes_where_another_active_one_stays(world, active):
    make_user("second", role="admin", customer=None, is_active=active)
    boss = world.users["boss"]
    if active:
        revoke(boss, Membership.objects.get(user=boss))
    else:
        with pytest.raises(LastGlobalAdmin):
            revoke(boss, Membership.objects.get(user=boss))


def test_a_superuser_is_a_global_admin_that_stays(world):
    root = make_user("root", role=None, is_superuser=True)
    boss = world.users["boss"]
    revoke(boss, Membership.objects.get(user=boss))
    with pytest.raises(LastGlobalAdmin):
        deactivate_user(root, root)


# --------------------------------------------------------------------------------------------------------- host keys


def test_a_device_pointed_elsewhere_waits_until_an_admin_accepts_its_key(world):
    from tests.api.routes import HOST_KEY

    from webnet_core.access.stepup import trusted
    from webnet_core.inventory.devices import update_device
    from webnet_core.inventory.hostkeys import pin

    device = world.devices[0]
    pin(device.pk, **HOST_KEY)
    with trusted("a test"):
        update_device(world.users["operator"], device, {"port": 2222})
    path = f"{API}/devices/{device.pk}/host-keys/"
    shown = world.client("viewer").get(path).json()
    assert shown == {"repinning_required": True, "results": [], "shown": []}
    assert world.client("viewer").get(f"{API}/devices/{device.pk}/").json()["repinning_required"] is True
    assert world.client("operator").post(path, HOST_KEY).status_code == 403
    accepted = world.client("admin").post(path, HOST_KEY).json()
    assert (accepted["repinning_required"], len(accepted["results"])) == (False, 1)
    wrong = world.client("admin").post(path, {**HOST_KEY, "key_type": "ssh-rsa"})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (400, "key")
    assert world.client("admin").delete(path).status_code == 204
    assert world.client("viewer").get(path).json() == {"repinning_required": True, "results": [], "shown": []}
