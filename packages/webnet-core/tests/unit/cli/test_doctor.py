"""`webnet doctor` names what is wrong and what to do; `webnet init` makes what a new site needs, once."""

from __future__ import annotations

import io
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings
from django.utils import timezone
from tests.unit.cli.conftest import run_verb

from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent
from webnet_core.jobs.models import SingletonLease, Worker
from webnet_core.jobs.tick import tick
from webnet_core.plugin import HealthCheck, HealthResult, hookimpl
from webnet_core.secrets.models import Credential

PASSWORD = "correct horse battery staple"


def examined(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, printed = run_verb("doctor", "--json", *arguments)
    return code, {item["key"]: item for item in json.loads(printed)["findings"]}


@pytest.mark.django_db
def test_a_site_that_works_is_well_and_what_only_deserves_a_look_does_not_fail_it() -> None:
    code, found = examined()
    assert code == 0
    looked_at = {"database", "cache", "broker", "workers", "tick", "migrations", "clock", "keys", "plugins"}
    assert looked_at <= set(found)
    found.pop("channel_layer", None)  # the tests have none, and not every site has the library
    assert {key for key, item in found.items() if not item["ok"]} == {"workers", "tick", "host_keys"}
    assert not any(found[key]["needed"] for key in ("workers", "tick", "host_keys"))
    for item in found.values():
        assert item["meaning"], item
        assert item["fix"], item
    printed = run_verb("doctor")[1]
    assert "warn  Tick: It never ran." in printed
    assert "-> Run a worker" in printed
    assert " to see to." in printed


@pytest.mark.django_db
def test_it_knows_when_the_tick_ran_and_who_works() -> None:
    Worker.objects.create(name="worker 1", kind="worker", queues=["default"])
    tick()
    found = examined()[1]
    assert found["tick"]["ok"], found["tick"]
    assert found["workers"]["ok"]
    SingletonLease.objects.filter(name="tick").update(expires_at=timezone.now() - timedelta(hours=2))
    late = examined()[1]["tick"]
    assert (late["ok"], late["message"][:9]) == (False, "It ran 72")


@pytest.mark.django_db
def test_what_is_needed_and_does_not_work_fails_it_with_what_to_do(settings: Any, webnet_plugins: Any) -> None:
    class Acme:
        @hookimpl
        def webnet_register_health_checks(self) -> list[HealthCheck]:
            return [
                HealthCheck(key="acme.licence", label="Licence", run=lambda: HealthResult(ok=False, message="gone"))
            ]

    webnet_plugins.load(acme=Acme())
    settings.WEBNET = {"CORE": {**settings.WEBNET["CORE"], "ENCRYPTION_KEYS": []}}
    code, found = examined()
    assert code == 1
    assert (found["acme.licence"]["message"], found["acme.licence"]["needed"]) == ("gone", True)
    assert "no key" in found["webnet.E002"]["message"]
    assert "Fernet.generate_key" in found["webnet.E002"]["fix"]
    assert "keys" not in found


@pytest.mark.django_db
def test_with_deploy_it_asks_djangos_deployment_checks_too() -> None:
    with override_settings(SECRET_KEY="django-insecure-" + "x" * 50):
        code, found = examined("--deploy")
        assert (code, "webnet.E021" in found) == (1, True)
        assert "webnet.E021" not in examined()[1]


def initialise(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> tuple[int, dict[str, Any]]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    code, printed = run_verb("init", "--json", *arguments)
    return code, {step["key"]: step for step in json.loads(printed).get("steps", [])}


@pytest.mark.django_db
def test_init_makes_what_is_missing_and_asked_for_and_never_changes_what_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, steps = initialise(monkeypatch)
    assert code == 1
    assert {key: step["state"] for key, step in steps.items()} == {
        "keys": "there", "tables": "there", "admin": "missing", "customer": "missing", "credential": "missing",
    }  # fmt: skip
    assert "--admin NAME" in steps["admin"]["next"]
    asked = ["--admin", "root", "--customer", "Acme", "--credential", "lab", "--username", "netops"]
    typed = f"{PASSWORD}\ndevice-password\n"
    code, steps = initialise(monkeypatch, *asked, "--passwords-from-stdin", typed=typed)
    assert code == 0
    assert {step["state"] for key, step in steps.items() if key not in ("keys", "tables")} == {"made"}
    root = get_user_model().objects.get(username="root")
    assert root.check_password(PASSWORD)
    assert Credential.objects.get(customer__name="Acme").reveal().password == "device-password"
    assert AuditEvent.objects.filter(action="users.create", data__superuser=True).count() == 1

    again = ["--admin", "other", "--customer", "Acme", "--credential", "lab", "--username", "changed"]
    code, steps = initialise(monkeypatch, *again, "--passwords-from-stdin", typed="x\ny\n")
    assert (code, {step["state"] for step in steps.values()}) == (0, {"there"})
    assert not get_user_model().objects.filter(username="other").exists()
    assert Credential.objects.get().username == "netops"
    assert "manage.py webnet doctor" in run_verb("init")[1]


@pytest.mark.django_db
def test_init_refuses_a_weak_password_and_makes_nobody(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    code, printed = run_verb("init", "--json", "--admin", "root", "--passwords-from-stdin")
    assert (code, json.loads(printed)["error"]["errors"][0]["path"]) == (2, "password")
    assert not get_user_model().objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_init_writes_a_key_into_a_new_file_that_nobody_else_reads(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.WEBNET = {"CORE": {**settings.WEBNET["CORE"], "ENCRYPTION_KEYS": []}}
    assert initialise(monkeypatch)[1]["keys"]["state"] == "missing"
    file = tmp_path / "keys"
    code, steps = initialise(monkeypatch, "--key-file", str(file))
    assert code == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().strip()) == 44
    assert file.read_text().strip() not in json.dumps(steps)
    assert "credential" not in steps, "no secret is stored before there is a key"
    before = file.read_text()
    assert run_verb("init", "--key-file", str(file))[0] == 2
    assert file.read_text() == before
