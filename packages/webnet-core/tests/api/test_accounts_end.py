"""Removing accounts and customers, one's own password, keys of others, and who belongs to a customer."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from tests.api.conftest import JSONClient
from tests.api.test_users import API, PASSWORD, codes, logins_of

from webnet_core.access.models import ApiKey, Customer, Membership
from webnet_core.audit.models import AuditEvent
from webnet_core.blobs.models import Blob
from webnet_core.jobs.models import Job
from webnet_core.testing.factories import make_customer, make_user

NEW = "another horse battery staple"


@pytest.fixture
def ada(world):
    """An operator of ours with a password."""
    world.users["ada"] = make_user("ada", role="operator", customer=world.ours, password=PASSWORD)
    return world.users["ada"]


# ----------------------------------------------------------------------------------------------------------- password


def test_another_password_ends_every_login_and_gives_new_tokens_to_whoever_asked(ada):
    token, session, key, _ = logins_of(ada)
    answer = token.post(f"{API}/auth/password/", {"password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, set(answer.json())) == (
        200,
        {"access", "refresh", "access_token", "refresh_token", "token_type", "expires_in"},
    )
    assert codes([token, session, key]) == [401, 401, 200]
    token.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    assert codes([token]) == [200]
    assert AuditEvent.objects.filter(action="users.change_own_password", username="ada").count() == 1


def test_a_session_that_changes_its_password_goes_on_and_others_end(ada):
    mine, other = JSONClient(), JSONClient()
    mine.force_login(ada)
    other.force_login(ada)
    answer = mine.post(f"{API}/auth/password/", {"password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, codes([mine, other])) == (204, [200, 401])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"password": "wrong", "new_password": NEW}, 401),
        ({"password": PASSWORD, "new_password": PASSWORD}, 400),
        ({"password": PASSWORD, "new_password": ""}, 400),
        ({"new_password": NEW}, 400),
    ],
)
def test_a_password_is_changed_by_who_knows_it_to_another(ada, body, code):
    token, *_ = logins_of(ada)
    assert token.post(f"{API}/auth/password/", body).status_code == code
    assert codes([token]) == [200]


def test_an_api_key_changes_no_password(ada):
    _, _, key, _ = logins_of(ada)
    answer = key.post(f"{API}/auth/password/", {"password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer.json()["code"]) == (403, "person_required")


# ----------------------------------------------------------------------------------------------------------- accounts


def test_a_removed_account_is_gone_with_its_keys_and_stays_in_the_audit(world, ada):
    clients = logins_of(ada)[:3]
    world.job()
    assert world.client("boss").delete(f"{API}/users/{ada.pk}/").status_code == 204
    assert codes(clients) == [401, 401, 401]
    assert not get_user_model().objects.filter(username="ada").exists()
    assert not ApiKey.objects.filter(user_id=ada.pk).exists()
    assert AuditEvent.objects.get(action="users.delete").data["username"] == "ada"
    assert AuditEvent.objects.filter(action="auth.login", username="ada").exists()


def test_nobody_removes_themselves_and_the_last_global_admin_stays(world):
    boss = world.users["boss"]
    own = world.client("boss").delete(f"{API}/users/{boss.pk}/")
    assert (own.status_code, own.json()["code"]) == (409, "conflict")
    root = make_user("root", role="admin", customer=None)
    world.users["root"] = root
    assert world.client("root").delete(f"{API}/users/{boss.pk}/").status_code == 204
    world.users["second"] = make_user("second", role="admin", customer=None, is_active=False)
    assert world.client("root").delete(f"{API}/users/{root.pk}/").status_code == 409


def test_a_global_admin_lists_and_revokes_keys_of_others_and_makes_none(world):
    path = f"{API}/users/{world.users['admin'].pk}/api-keys/"
    listed = world.client("boss").get(path).json()
    assert [row["id"] for row in listed["results"]] == [world.key.pk]
    assert "key" not in listed["results"][0]
    assert world.client("boss").post(path, {"name": "x", "scopes": ["view"]}).status_code == 405
    assert world.client("boss").post(f"{path}{world.key.pk}/revoke/").status_code == 204
    assert world.client("boss").get(f"{path}{world.key.pk}/").json()["is_active"] is False
    assert world.client("boss").delete(f"{path}{world.key.pk}/").status_code == 204
    assert not ApiKey.objects.exists()


def test_a_customers_admin_sees_the_account_and_not_its_keys(world):
    path = f"{API}/users/{world.users['viewer'].pk}/"
    assert world.client("admin").get(path).status_code == 200
    refused = world.client("admin").get(f"{path}api-keys/")
    assert (refused.status_code, refused.json()["action"]) == (403, "users.edit")


# ---------------------------------------------------------------------------------------------------------- customers


def test_an_account_that_belongs_already_keeps_its_role(world):
    path = f"{API}/customers/{world.ours.pk}/users/{world.users['operator'].pk}/"
    assert world.client("admin").post(path).status_code == 204
    assert Membership.objects.get(user=world.users["operator"], customer=world.ours).role == "operator"


def test_a_global_admin_adds_anybody_with_a_role_and_takes_it_away(world):
    path = f"{API}/customers/{world.ours.pk}/users/{world.users['stranger'].pk}/"
    assert world.client("boss").post(path, {"role": "operator"}).status_code == 204
    assert Membership.objects.get(user=world.users["stranger"], customer=world.ours).role == "operator"
    assert world.client("boss").delete(path).status_code == 204
    assert world.client("boss").delete(path).status_code == 404


def test_an_admin_adds_no_account_that_they_do_not_see(world):
    foreign, missing = world.users["stranger"].pk, 999_999
    path = f"{API}/customers/{world.ours.pk}/users"
    assert [world.client("admin").post(f"{path}/{pk}/").status_code for pk in (foreign, missing)] == [404, 404]


def test_a_customer_in_use_stays_and_names_what_uses_it(world):
    answer = world.client("boss").delete(f"{API}/customers/{world.ours.pk}/")
    assert answer.status_code == 409
    kinds = {row["type"] for row in answer.json()["used_by"]}
    made = {"site", "device", "credential", "schedule", "webhook", "notificationrule"}
    assert kinds
    assert kinds <= {f"webnet_core.{kind}" for kind in made}
    assert Customer.objects.filter(pk=world.ours.pk).exists()


def test_a_customer_without_anything_goes_with_its_history_and_its_audit_stays(world):
    world.finished_job()
    boss = world.client("boss")
    made = {"schedules": [world.schedule], "notification-rules": [world.rule], "webhooks": [world.hook]}
    made |= {"devices": world.devices, "sites": [world.site], "credentials": [world.credential]}
    for kind, rows in made.items():
        for row in rows:
            assert boss.delete(f"{API}/{kind}/{row.pk}/").status_code == 204
    assert Blob.objects.filter(customer=world.ours).exists()
    assert boss.delete(f"{API}/customers/{world.ours.pk}/").status_code == 204
    assert not Job.objects.filter(customer_id=world.ours.pk).exists()
    assert not Blob.objects.filter(customer_id=world.ours.pk).exists()
    assert AuditEvent.objects.get(action="customers.delete").customer_id == world.ours.pk
    assert world.users["viewer"].webnet_memberships.count() == 0


def test_an_empty_customer_is_removed_by_a_global_admin_alone(world):
    empty = make_customer("Empty")
    assert world.client("admin").delete(f"{API}/customers/{empty.pk}/").status_code == 403
    assert world.client("boss").delete(f"{API}/customers/{empty.pk}/").status_code == 204
