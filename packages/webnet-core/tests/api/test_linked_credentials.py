"""A credential whose secrets are kept elsewhere: who may say so, and what it then takes and shows."""

from __future__ import annotations

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import SecretUnavailable
from webnet_core.secrets.models import Credential
from webnet_core.testing.access import reauthenticated

API = "/api/v1"
LINKED = {"name": "core", "username": "root", "backend": "env", "reference": "CORE"}


@pytest.fixture
def admin(world):
    reauthenticated(world.users["admin"])
    return world.client("admin")


def test_an_admin_who_entered_the_password_again_links_a_credential(world, admin, monkeypatch):
    made = admin.post(f"{API}/credentials/", LINKED)
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["backend"], body["reference"], body["has_password"]) == ("env", "CORE", False)
    row = Credential.objects.get(pk=body["id"])
    with pytest.raises(SecretUnavailable, match="WEBNET_SECRET_"):
        row.reveal()
    monkeypatch.setenv(f"WEBNET_SECRET_{world.theirs.pk}_CORE", "theirs")
    with pytest.raises(SecretUnavailable):
        row.reveal()
    monkeypatch.setenv(f"WEBNET_SECRET_{world.ours.pk}_CORE", "ours")
    assert (row.reveal().username, row.reveal().password) == ("root", "ours")
    event = AuditEvent.objects.get(action="credentials.create", object_id=row.pk)
    assert (event.data["after"]["backend"], event.data["after"]["reference"], event.data["proof"]) == (
        "env",
        "CORE",
        "password",
    )


def test_linking_needs_the_role_and_the_password_again(world):
    reauthenticated(world.users["operator"])
    by_operator = world.client("operator").post(f"{API}/credentials/", LINKED)
    assert (by_operator.status_code, by_operator.json()["action"]) == (403, "credentials.link")
    without_proof = world.client("admin").post(f"{API}/credentials/", LINKED)
    assert (without_proof.status_code, without_proof.json()["code"]) == (403, "reauthentication_required")
    path = f"{API}/credentials/{world.credential.pk}/"
    assert world.client("operator").put(path, {"backend": "env", "reference": "CORE"}).status_code == 403
    assert world.client("admin").put(path, {"backend": "env", "reference": "CORE"}).status_code == 403
    world.credential.refresh_from_db()
    assert (world.credential.backend, world.credential.version) == ("database", 1)


def test_an_operator_who_says_what_is_so_already_changes_nothing(world):
    path = f"{API}/credentials/{world.credential.pk}/"
    answer = world.client("operator").put(path, {"name": "lab2", "backend": "database", "reference": ""})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"backend": "nowhere"}, "backend"),
        ({"backend": ""}, "backend"),
        ({"reference": ""}, "reference"),
        ({"reference": "../x"}, "reference"),
        ({"reference": None}, "reference"),
        ({"reference": 7}, "reference"),
        ({"backend": "database"}, "reference"),
        ({"password": "p"}, "password"),
        ({"ssh_private_key": "k"}, "ssh_private_key"),
    ],
)
def test_what_does_not_fit_together_is_refused_where_it_stands(admin, given, path):
    answer = admin.post(f"{API}/credentials/", {**LINKED, **given})
    assert answer.status_code == 400, answer.content
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert not Credential.objects.filter(name="core").exists()


def test_secrets_in_the_database_go_when_another_backend_keeps_them(world, admin):
    path = f"{API}/credentials/{world.credential.pk}/"
    answer = admin.put(path, {"backend": "vault", "reference": "lab"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    world.credential.refresh_from_db()
    assert not world.credential.password
    refused = admin.put(path, {"password": "p"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "kept_elsewhere")
    back = admin.put(path, {"backend": "database", "reference": "", "password": "p"})
    assert (back.status_code, back.json()["version"], back.json()["has_password"]) == (200, 3, True)
    world.credential.refresh_from_db()
    assert world.credential.reveal().password == "p"
