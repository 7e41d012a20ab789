"""A walk through webnet's API, from signing in to signing out: its answers must not depend on the host's settings.

`python -m tests.compositions.walk` walks through the site of DJANGO_SETTINGS_MODULE and prints what it was answered.
"""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

NAME = "ada@example.org"
PASSWORD = "correct horse battery staple"
CANARY = "canary-of-the-walk"
CLOSED_PORTS = (1, 2, 3)
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# How long one has to wait hangs on how long the walk took.
WAIT = re.compile(r"\bin \d+ seconds?\b")
# What is made anew each time, or is the host's: ids of users, tokens, how long something took.
OWN = {"request_id", "access", "refresh", "access_token", "refresh_token", "token", "user_id", "elapsed_ms"}
HEADERS = ("Content-Type", "WWW-Authenticate", "Allow", "Location")


class Walker:
    """Asks as one client, and keeps each answer with all that differs by nature taken out."""

    def __init__(self) -> None:
        self.root = reverse("webnet:api-me").removesuffix("auth/me/")
        self.answers: list[dict[str, Any]] = []
        self.headers = {"Accept-Language": "en"}

    def ask(self, method: str, path: str, body: Any = None, *, kind: str = "application/json", **headers: str) -> Any:
        """Send a request and return the answer's body."""
        sent = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        with_body = {"data": sent, "content_type": kind} if body is not None else {}
        ask = getattr(Client(raise_request_exception=False), method)
        answer = ask(self.root + path, headers=self.headers | headers, **with_body)
        found = json.loads(answer.content) if answer.content else None
        known = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        self.answers.append({
            "asked": f"{method} {path}",
            "status": answer.status_code,
            "headers": self._same(known),
            "body": self._same(found),
        })  # fmt: skip
        return found

    def _same(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._same(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._same(inner) for inner in value]
        if key in OWN and value is not None:
            return f"<{key}>"
        if isinstance(value, float):
            return "<float>"
        if isinstance(value, str):
            return WAIT.sub("in <some> seconds", WHEN.sub("<when>", value.replace(self.root, "<root>/")))
        return value


def walk() -> list[dict[str, Any]]:
    """Return what an administrator is answered in a database without anything of webnet's in it."""
    from webnet_core.access.models import Membership

    user = get_user_model()(**{get_user_model().USERNAME_FIELD: NAME})
    user.set_password(PASSWORD)
    user.save()
    Membership.objects.create(user=user, customer=None, role="admin")
    walker = Walker()
    _knock(walker)
    given = walker.ask("post", "auth/login/", {"username": NAME, "password": PASSWORD})
    walker.headers["Authorization"] = f"Bearer {given['access']}"
    walker.ask("get", "auth/me/")
    walker.answers[-1]["body"]["id"] = "<a user's id is the host's>"
    device = _furnish(walker)
    _blunder(walker, device)
    _work(walker, device)
    walker.ask("delete", f"devices/{device}/")
    walker.ask("delete", f"devices/{device + 1}/")
    _leave(walker, given["refresh"])
    _knock_too_often(walker)
    return walker.answers


def _knock(walker: Walker) -> None:
    walker.ask("get", "devices/")
    walker.ask("get", "devices/", authorization="Bearer nonsense")
    walker.ask("get", "devices/", authorization="Basic YWRhOnNlY3JldA==")
    walker.ask("post", "auth/login/", {"username": NAME, "password": "wrong"})
    walker.ask("post", "auth/login/", {"username": NAME})


def _furnish(walker: Walker) -> int:
    from webnet_core.inventory.models import Device

    customer = walker.ask("post", "customers/", {"name": "Acme"})["id"]
    walker.headers["X-Customer-ID"] = str(customer)
    walker.ask("post", "sites/", {"name": "London", "time_zone": "Europe/London"})
    secret = {"name": "lab", "username": "admin", "password": CANARY}
    credential = walker.ask("post", "credentials/", secret)["id"]
    device = {"platform": "cisco_ios", "mgmt_ip": "127.0.0.1", "site": "London"}
    walker.ask("post", "devices/", {**device, "hostname": "lon-0", "credential": credential})
    found = [
        walker.ask("post", "devices/", {**device, "hostname": f"lon-{port}", "port": port})["id"]
        for port in CLOSED_PORTS
    ]
    Device.objects.update(credential=credential)  # which is not had without a step-up
    walker.ask("get", "devices/?limit=2")
    walker.ask("get", "devices/?site=London&search=lon-1")
    walker.ask("patch", f"devices/{found[0]}/", {"role": "core"})
    walker.ask("patch", f"devices/{found[0]}/", {"mgmt_ip": "127.0.0.9"})
    walker.ask("get", f"devices/{found[0]}/")
    return int(found[0])


def _blunder(walker: Walker, device: int) -> None:
    walker.ask("post", "sites/", {"name": "", "colour": "red"})
    walker.ask("post", "sites/", "{not json")
    walker.ask("post", "sites/", "name=Rome", kind="application/x-www-form-urlencoded")
    walker.ask("get", "devices/?limit=many&nonsense=1")
    walker.ask("get", f"devices/{device}/?format=html")
    walker.ask("get", f"devices/{device}/", accept="text/html")
    walker.ask("get", f"devices/{device}/", accept="application/json; version=7")
    walker.ask("get", "devices/999999/")
    walker.ask("get", "devices/x/")
    walker.ask("get", f"devices/{device}")
    walker.ask("put", "auth/me/", {})
    walker.ask("get", "nowhere/")


def _work(walker: Walker, device: int) -> None:
    from webnet_core.testing.jobs import run_jobs_inline

    asked = {"task": "run_commands", "params": {"commands": ["show version"]}}
    plan = walker.ask("post", "tasks/plan/", {**asked, "targets": {"device_ids": [device]}})
    walker.ask("post", "tasks/execute/", {**asked, "targets": {}})
    walker.ask("post", "tasks/execute/", {"task": "no.such", "targets": {"all": True}})
    job = walker.ask("post", "tasks/execute/", {"task": "run_commands", "token": plan["token"]})["job_id"]
    run_jobs_inline()
    for path in (f"tasks/status/{job}/", f"jobs/{job}/", f"jobs/{job}/results/", f"jobs/{job}/events/"):
        walker.ask("get", path)
    walker.ask("post", f"jobs/{job}/cancel/", {})
    walker.ask("post", f"jobs/{job}/retry/", {})


def _leave(walker: Walker, refresh: str) -> None:
    renewed = walker.ask("post", "auth/refresh/", {"refresh": refresh})
    walker.headers["Authorization"] = f"Bearer {renewed['access']}"
    walker.ask("post", "auth/logout/", {})
    walker.ask("get", "auth/me/")
    walker.ask("post", "auth/refresh/", {"refresh": renewed["refresh"]})


def _knock_too_often(walker: Walker) -> None:
    del walker.headers["Authorization"]
    for _ in range(15):
        walker.ask("post", "auth/login/", {"username": "nobody", "password": CANARY})


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(walk()))
