"""Two customers with a user for each role, and an executor that answers without any device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.test import APIClient

from webnet_core.access.models import ApiKey, RefreshFamily
from webnet_core.audit.models import AuditEvent
from webnet_core.events.models import Delivery, NotificationRule, Webhook
from webnet_core.inventory.models import Device, HostKey, Site
from webnet_core.jobs.models import Schedule
from webnet_core.jobs.submit import submit
from webnet_core.plugin import Outcome, TaskSpec, hookimpl
from webnet_core.plugins.items import ErrorCategory, HostStatus, PlanRow
from webnet_core.secrets.models import Credential
from webnet_core.testing.factories import make_credential, make_customer, make_devices, make_site, make_user
from webnet_core.testing.jobs import run_jobs_inline

RUN = {"task": "talker.ask", "targets": {"all": True}, "params": {"commands": ["show version"]}}
HOSTILE = "<script>alert(1)</script>\x1b]0;owned\x07 & 'quoted'"


class JSONClient(APIClient):
    """Sends JSON whatever the site's REST_FRAMEWORK says."""

    default_format = "json"


class Commands(BaseModel):
    model_config = ConfigDict(extra="forbid")

    commands: list[str] = Field(min_length=1)


class Executor:
    """Answers each host at once: those whose name is in `failing` fail."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.executed: list[str] = []

    @hookimpl
    def webnet_register_tasks(self):
        return [
            TaskSpec(name="talker.ask", title="Ask", run=print, params=Commands, needs={"run_commands"}),
            TaskSpec(name="talker.alter", title="Alter", run=print, risk="change"),
        ]

    @hookimpl
    def webnet_plan_targets(self, task, devices, options):
        return {
            device.pk: PlanRow(device_id=device.pk, driver="netmiko", reason="the only one", fallbacks=("scrapli",))
            for device in devices
        }

    @hookimpl
    def webnet_execute_shard(self, run):
        for row in run.hosts:
            self.executed.append(row.device_name)
            run.writer.started(row.device_id, driver="netmiko", reason="the only one")
            run.writer.finished(row.device_id, self._answer(row.device_name))
        run.writer.flush()
        return True

    def _answer(self, name: str) -> Outcome:
        if name in self.failing:
            return Outcome(status=HostStatus.FAILED, error=ErrorCategory.AUTHENTICATION, message="refused")
        text = f"{HOSTILE}\nsnmp-server community s3cret-word RO\n"
        return Outcome(status=HostStatus.OK, text=text, data={"show": text}, driver="netmiko")


@dataclass(kw_only=True)
class World:
    """Customer `ours` with users of each role and devices; customer `theirs` with as much."""

    ours: Any
    theirs: Any
    users: dict[str, Any]
    site: Site
    credential: Credential
    devices: list[Device]
    foreign_site: Site
    foreign_credential: Credential
    foreign_device: Device
    key: ApiKey
    family: RefreshFamily
    host_key: HostKey
    schedule: Schedule
    hook: Webhook
    rule: NotificationRule
    delivery: Delivery
    executor: Executor
    clients: dict[str, JSONClient] = field(default_factory=dict)

    def client(self, who: str) -> JSONClient:
        """Return a client that is taken for one of `users` or for ``anonymous``.

        ``stranger`` is an admin of the other customer, ``boss`` of all.
        """
        if who not in self.clients:
            self.clients[who] = JSONClient()
            if who != "anonymous":
                self.clients[who].force_authenticate(self.users[who])
        return self.clients[who]

    @property
    def event_id(self) -> int:
        """The id of the first audit row of ours; 0 where there is none yet."""
        return AuditEvent.objects.filter(customer=self.ours).values_list("pk", flat=True).order_by("pk").first() or 0

    def job(self, **changes: Any) -> Any:
        """Submit a job over all our devices."""
        asked = {**RUN, **changes}
        return submit(self.users["operator"], **asked)

    def finished_job(self, **changes: Any) -> Any:
        """Submit a job and run it."""
        job = self.job(**changes)
        run_jobs_inline()
        job.refresh_from_db()
        return job


@pytest.fixture
def world(db, webnet_plugins) -> World:
    executor = Executor()
    webnet_plugins.load(talker=executor)
    ours, theirs = make_customer("Ours"), make_customer("Theirs")
    users = {role: make_user(role, role=role, customer=ours) for role in ("viewer", "operator", "admin")}
    users["stranger"] = make_user("stranger", role="admin", customer=theirs)
    users["boss"] = make_user("boss", role="admin", customer=None)
    site, credential = make_site(ours, name="London"), make_credential(ours, name="lab")
    foreign_site, foreign_credential = make_site(theirs), make_credential(theirs)
    tomorrow = timezone.now() + timedelta(days=1)
    hook = Webhook.objects.create(
        customer=ours, name="chat", url="https://127.0.0.1/hook", secret="whsec_", events=["job.finished"]
    )
    of_admin = {"user": users["admin"], "expires_at": tomorrow}
    devices = make_devices(3, ours, site=site, credential=credential, role="access")
    return World(
        ours=ours,
        theirs=theirs,
        users=users,
        site=site,
        credential=credential,
        devices=devices,
        foreign_site=foreign_site,
        foreign_credential=foreign_credential,
        foreign_device=make_devices(1, theirs, site=foreign_site, credential=foreign_credential)[0],
        executor=executor,
        hook=hook,
        rule=NotificationRule.objects.create(customer=ours, name="noc", channel="email", target="noc@example.org"),
        delivery=Delivery.objects.create(
            customer=ours, webhook=hook, channel="webhook", target=str(hook.pk), event="job.finished", state="dead"
        ),
        key=ApiKey.objects.create(name="nightly", prefix="0" * 12, digest="0" * 64, scopes=["view"], **of_admin),
        family=RefreshFamily.objects.create(current="0" * 64, **of_admin),
        schedule=Schedule.objects.create(
            customer=ours,
            name="hourly",
            owner=users["operator"],
            interval=3600,
            next_due=tomorrow,
            **{name: RUN[name] for name in ("task", "params", "targets")},
        ),
        host_key=HostKey.objects.create(device=devices[2], key_type="ssh-rsa", key="AAAA", fingerprint="SHA256:none"),
    )


@pytest.fixture(autouse=True)
def no_failures_remembered() -> Iterator[None]:
    """Start and end with nobody counted for failing to sign in."""
    cache.clear()
    yield
    cache.clear()
