"""Every route of core's API with what each role gets, as one table, and the routes that are really mounted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import URLPattern

from webnet_core.access.models import Membership
from webnet_core.api import urls
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.models import DeviceGroup, IPRange, Tag
from webnet_core.inventory.selections import freeze

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method of one route. Codes are of viewer, operator, admin, and of an admin of another customer."""

    name: str
    method: str = "get"
    path: str
    body: dict[str, Any] | Callable[[Any], dict[str, Any]] | None = None
    codes: tuple[int, int, int, int]
    anonymous: int = 401
    nobody: int = 403

    @property
    def key(self) -> tuple[str, str]:
        return (self.name, self.method)

    def body_in(self, world: Any) -> dict[str, Any] | None:
        return self.body(world) if callable(self.body) else self.body

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True)
class Mounted:
    """One method of one mounted route."""

    name: str
    method: str
    route: str
    view: Any = field(compare=False)


def ids_in(world: Any, job: Any = None) -> dict[str, Any]:
    """Return what stands in the braces of the paths of `TABLE`."""
    return {
        "ours": world.ours.pk,
        "site": world.site.pk,
        "tag": Tag.objects.get_or_create(customer=world.ours, name="env", value="lab")[0].pk,
        "group": DeviceGroup.objects.get_or_create(customer=world.ours, name="core")[0].pk,
        "selection": freeze(world.users["operator"], world.ours.pk, [device.pk for device in world.devices]).pk,
        "range": IPRange.objects.get_or_create(customer=world.ours, cidr="192.0.2.0/24")[0].pk,
        "credential": world.credential.pk,
        "device": world.devices[0].pk,
        "job": job.pk if job else 0,
        "event": world.event_id,
        "key": world.key.pk,
        "login": world.family.pk,
        "user": world.users["viewer"].pk,
        "import": ImportBatch.objects.get_or_create(customer=world.ours, form="csv")[0].pk,
        "hook": world.hook.pk,
        "rule": world.rule.pk,
        "delivery": world.delivery.pk,
        "membership": Membership.objects.get(user=world.users["viewer"]).pk,
        "owner": world.users["admin"].pk,
        "host_key": world.host_key.pk,
        "schedule": world.schedule.pk,
    }


def by_resource(rows: Iterable[Row]) -> list[Any]:
    """Return the rows as parameters, those of one resource together: a world for each row would take longest."""
    resources: dict[str, list[Row]] = {}
    for row in rows:
        resources.setdefault(row.path.partition("/")[0], []).append(row)
    return [pytest.param(together, id=resource) for resource, together in resources.items()]


def needs_a_job(request: pytest.FixtureRequest) -> bool:
    """Say whether the test of some rows of `TABLE` needs a job that has run; other tests are given one."""
    rows = request.node.callspec.params.get("rows") if hasattr(request.node, "callspec") else None
    return rows is None or any("{job}" in row.path or "{event}" in row.path for row in rows)


PLACES = ("ours", "site", "tag", "group", "range", "credential", "device", "job", "event", "key", "login", "user",
          "membership", "owner", "host_key", "schedule", "import", "hook", "rule", "delivery", "selection")  # fmt: skip


def missing() -> dict[str, Any]:
    """Return the same places with ids that nothing has."""
    nothing = "00000000-0000-4000-8000-000000000000"
    return {**dict.fromkeys(PLACES, 999_999), "import": nothing, "delivery": nothing, "selection": nothing}


def mounted() -> Iterator[Mounted]:
    """Yield every method of every named route."""
    for pattern in urls.urlpatterns:
        if isinstance(pattern, URLPattern) and pattern.name:
            view = pattern.callback.cls
            bound = getattr(pattern.callback, "actions", None)
            for method in bound or [name for name in METHODS if hasattr(view, name)]:
                if method != "head":
                    yield Mounted(name=pattern.name, method=method, route=str(pattern.pattern), view=view)


DEVICE = {"hostname": "new1", "mgmt_ip": "192.0.2.99", "platform": "cisco_ios"}
HOOK = {"name": "new", "url": "https://127.0.0.1/hook", "events": ["job.finished"]}
ALL = (200, 200, 200, 200)
READ = (200, 200, 200, 404)
NEVER = (403, 403, 403, 403)
OF_ADMIN = (404, 404, 200, 404)
ACCOUNT = {"username": "newcomer", "password": "correct horse battery staple"}
SCHEDULE = {
    "name": "nightly",
    "task": "talker.ask",
    "params": {"commands": ["show version"]},
    "targets": {"all": True},
    "cron": "30 2 * * *",
}
HOST_KEY = {
    "key_type": "ssh-ed25519",
    "key": "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
}


def _run(world: Any) -> dict[str, Any]:
    ids = [device.pk for device in world.devices]
    return {"task": "talker.ask", "targets": {"device_ids": ids}, "params": {"commands": ["show version"]}}


def _members(world: Any) -> dict[str, Any]:
    return {"device_ids": [device.pk for device in world.devices]}


def _bulk(world: Any) -> dict[str, Any]:
    return {**_members(world), "changes": {"role": "core"}}


def _member(world: Any) -> dict[str, Any]:
    return {"username": "stranger", "customer_id": world.ours.pk, "role": "viewer"}


TABLE = (
    Row(name="api-login", method="post", path="auth/login/", body={"username": "viewer", "password": "no"},
        codes=(401, 401, 401, 401)),
    Row(name="api-refresh", method="post", path="auth/refresh/", body={"refresh": "no"},
        codes=(401, 401, 401, 401)),
    Row(name="api-logout", method="post", path="auth/logout/", codes=(204, 204, 204, 204)),
    Row(name="api-me", path="auth/me/", codes=ALL),
    Row(name="api-register", method="post", path="auth/register/", body=ACCOUNT, codes=NEVER, anonymous=403),
    Row(name="api-users-list", path="users/", codes=(403, 403, 200, 200)),
    Row(name="api-users-list", method="post", path="users/", body=ACCOUNT, codes=NEVER),
    Row(name="api-users-detail", path="users/{user}/", codes=(403, 403, 200, 404)),
    Row(name="api-users-detail", method="put", path="users/{user}/", body={"is_active": True}, codes=NEVER),
    Row(name="api-users-detail", method="patch", path="users/{user}/", body={"role": "admin"}, codes=NEVER),
    Row(name="api-user-activate", method="post", path="users/{user}/activate/", codes=NEVER),
    Row(name="api-user-deactivate", method="post", path="users/{user}/deactivate/", codes=NEVER),
    Row(name="api-memberships-list", path="memberships/", codes=(403, 403, 200, 200)),
    Row(name="api-memberships-list", method="post", path="memberships/", body=_member, codes=(403, 403, 201, 400)),
    Row(name="api-memberships-detail", path="memberships/{membership}/", codes=(403, 403, 200, 404)),
    Row(name="api-memberships-detail", method="put", path="memberships/{membership}/", body={"role": "operator"},
        codes=(403, 403, 200, 404)),
    Row(name="api-memberships-detail", method="patch", path="memberships/{membership}/", body={"role": "admin"},
        codes=(403, 403, 200, 404)),
    Row(name="api-memberships-detail", method="delete", path="memberships/{membership}/", codes=(403, 403, 204, 404)),
    Row(name="api-host-keys", path="devices/{device}/host-keys/", codes=READ),
    Row(name="api-host-keys", method="post", path="devices/{device}/host-keys/", body=HOST_KEY,
        codes=(403, 403, 200, 404)),
    Row(name="api-host-keys", method="delete", path="devices/{device}/host-keys/", codes=(403, 403, 204, 404)),
    Row(name="api-reauthenticate", method="post", path="auth/reauthenticate/", body={"password": "no"},
        codes=(401, 401, 401, 401)),
    Row(name="api-logins-list", path="auth/logins/", codes=ALL),
    Row(name="api-logins-detail", method="delete", path="auth/logins/{login}/", codes=(404, 404, 204, 404)),
    Row(name="api-keys-list", path="api-keys/", codes=ALL),
    Row(name="api-keys-list", method="post", path="api-keys/", body={"name": "new", "scopes": ["view"]},
        codes=(201, 201, 201, 201)),
    Row(name="api-keys-detail", path="api-keys/{key}/", codes=(404, 404, 200, 404)),
    Row(name="api-keys-detail", method="delete", path="api-keys/{key}/", codes=(404, 404, 204, 404)),
    Row(name="api-key-revoke", method="post", path="api-keys/{key}/revoke/", codes=(404, 404, 204, 404)),
    Row(name="api-customers-list", path="customers/", codes=ALL),
    Row(name="api-customers-list", method="post", path="customers/", body={"name": "New"},
        codes=(403, 403, 403, 403)),
    Row(name="api-customers-detail", path="customers/{ours}/", codes=READ),
    Row(name="api-customers-detail", method="put", path="customers/{ours}/", body={"name": "New"},
        codes=(403, 403, 403, 403)),
    Row(name="api-customers-detail", method="patch", path="customers/{ours}/", body={"name": "New"},
        codes=(403, 403, 403, 403)),
    Row(name="api-sites-list", path="sites/", codes=ALL),
    Row(name="api-sites-list", method="post", path="sites/", body={"name": "New"},
        codes=(403, 201, 201, 201)),
    Row(name="api-sites-detail", path="sites/{site}/", codes=READ),
    Row(name="api-sites-detail", method="put", path="sites/{site}/", body={"name": "New"},
        codes=(403, 200, 200, 404)),
    Row(name="api-sites-detail", method="patch", path="sites/{site}/", body={"time_zone": "Europe/Rome"},
        codes=(403, 200, 200, 404)),
    Row(name="api-sites-detail", method="delete", path="sites/{site}/", codes=(403, 409, 409, 404)),
    Row(name="api-ranges", path="customers/{ours}/ranges/", codes=READ),
    Row(name="api-ranges", method="post", path="customers/{ours}/ranges/", body={"cidr": "198.51.100.0/24"},
        codes=(403, 403, 201, 404)),
    Row(name="api-range", method="delete", path="customers/{ours}/ranges/{range}/", codes=(403, 403, 204, 404)),
    Row(name="api-data-schema", path="customers/{ours}/data-schema/", codes=READ),
    Row(name="api-data-schema", method="put", path="customers/{ours}/data-schema/",
        body={"schema": {"type": "object"}}, codes=(403, 403, 200, 404)),
    Row(name="api-data-schema", method="delete", path="customers/{ours}/data-schema/", codes=(403, 403, 204, 404)),
    Row(name="api-tags-list", path="tags/", codes=ALL),
    Row(name="api-tags-list", method="post", path="tags/", body={"name": "spare"}, codes=(403, 201, 201, 201)),
    Row(name="api-tags-detail", path="tags/{tag}/", codes=READ),
    Row(name="api-tags-detail", method="put", path="tags/{tag}/", body={"value": "prod"}, codes=(403, 200, 200, 404)),
    Row(name="api-tags-detail", method="patch", path="tags/{tag}/", body={"colour": "#1f6feb"},
        codes=(403, 200, 200, 404)),
    Row(name="api-tags-detail", method="delete", path="tags/{tag}/", codes=(403, 204, 204, 404)),
    Row(name="api-groups-list", path="groups/", codes=ALL),
    Row(name="api-groups-list", method="post", path="groups/", body={"name": "edge", "filter": {"role": "edge"}},
        codes=(403, 201, 201, 201)),
    Row(name="api-groups-detail", path="groups/{group}/", codes=READ),
    Row(name="api-groups-detail", method="put", path="groups/{group}/", body={"name": "edge"},
        codes=(403, 200, 200, 404)),
    Row(name="api-groups-detail", method="patch", path="groups/{group}/", body={"filter": {"all": True}},
        codes=(403, 200, 200, 404)),
    Row(name="api-groups-detail", method="delete", path="groups/{group}/", codes=(403, 204, 204, 404)),
    Row(name="api-group-devices", path="groups/{group}/devices/", codes=READ),
    Row(name="api-group-devices", method="post", path="groups/{group}/devices/", body=_members,
        codes=(403, 200, 200, 404)),
    Row(name="api-group-devices", method="put", path="groups/{group}/devices/", body={"device_ids": []},
        codes=(403, 200, 200, 404)),
    Row(name="api-group-device", method="delete", path="groups/{group}/devices/{device}/",
        codes=(403, 404, 404, 404)),
    Row(name="api-selections", method="post", path="selections/", body={"targets": {"all": True}},
        codes=(403, 201, 201, 201)),
    Row(name="api-selection", path="selections/{selection}/", codes=READ),
    Row(name="api-devices-bulk", method="post", path="devices/bulk/", body={"devices": [DEVICE]},
        codes=(403, 201, 201, 201)),
    Row(name="api-devices-bulk", method="patch", path="devices/bulk/", body=_bulk, codes=(403, 200, 200, 400)),
    Row(name="api-devices-bulk-delete", method="post", path="devices/bulk/delete/", body=_members,
        codes=(403, 200, 200, 400)),
    Row(name="api-device-enable", method="post", path="devices/{device}/enable/", codes=(403, 200, 200, 404)),
    Row(name="api-device-disable", method="post", path="devices/{device}/disable/", body={"reason": "moved"},
        codes=(403, 200, 200, 404)),
    Row(name="api-credentials-list", path="credentials/", codes=ALL),
    Row(name="api-credentials-list", method="post", path="credentials/",
        body={"name": "new", "username": "u", "password": "p"}, codes=(403, 201, 201, 201)),
    Row(name="api-credentials-detail", path="credentials/{credential}/", codes=READ),
    Row(name="api-credentials-detail", method="put", path="credentials/{credential}/",
        body={"password": "other"}, codes=(403, 200, 200, 404)),
    Row(name="api-credentials-detail", method="patch", path="credentials/{credential}/",
        body={"username": "other"}, codes=(403, 200, 200, 404)),
    Row(name="api-credentials-detail", method="delete", path="credentials/{credential}/", codes=(403, 409, 409, 404)),
    Row(name="api-devices-list", path="devices/", codes=ALL),
    Row(name="api-devices-list", method="post", path="devices/", body=DEVICE, codes=(403, 201, 201, 201)),
    Row(name="api-devices-import", method="post", path="devices/import/", body={}, codes=(403, 415, 415, 415)),
    Row(name="api-devices-export", path="devices/export/", codes=ALL),
    Row(name="api-imports", path="imports/", codes=ALL),
    Row(name="api-import", path="imports/{import}/", codes=READ),
    Row(name="api-import-rows", path="imports/{import}/rows/", codes=READ),
    Row(name="api-import-commit", method="post", path="imports/{import}/commit/", codes=(403, 409, 409, 404)),
    Row(name="api-import-undo", method="post", path="imports/{import}/undo/", codes=(403, 409, 409, 404)),
    Row(name="api-devices-detail", path="devices/{device}/", codes=READ),
    Row(name="api-devices-detail", method="put", path="devices/{device}/", body={"role": "core"},
        codes=(403, 200, 200, 404)),
    Row(name="api-devices-detail", method="patch", path="devices/{device}/", body={"port": 2222},
        codes=(403, 403, 403, 404)),
    Row(name="api-devices-detail", method="delete", path="devices/{device}/", codes=(403, 204, 204, 404)),
    Row(name="api-device-jobs", path="devices/{device}/jobs/", codes=READ),
    Row(name="api-device-credentials", path="devices/{device}/credentials/", codes=READ),
    Row(name="api-device-credentials", method="put", path="devices/{device}/credentials/", body={"credentials": []},
        codes=(403, 200, 200, 404)),
    Row(name="api-site-credentials", path="sites/{site}/credentials/", codes=READ),
    Row(name="api-site-credentials", method="put", path="sites/{site}/credentials/", body={"credentials": []},
        codes=(403, 200, 200, 404)),
    Row(name="api-tasks", path="tasks/", codes=ALL),
    Row(name="api-task", path="tasks/talker.ask/", codes=(404, 200, 200, 200)),
    Row(name="api-task-plan", method="post", path="tasks/plan/", body=_run, codes=(403, 200, 200, 400)),
    Row(name="api-task-execute", method="post", path="tasks/execute/", body=_run, codes=(403, 202, 202, 400)),
    Row(name="api-task-status", path="tasks/status/{job}/", codes=READ),
    Row(name="api-jobs-list", path="jobs/", codes=ALL),
    Row(name="api-jobs-detail", path="jobs/{job}/", codes=READ),
    Row(name="api-job-logs", path="jobs/{job}/logs/", codes=READ),
    Row(name="api-job-events", path="jobs/{job}/events/", codes=READ),
    Row(name="api-job-results", path="jobs/{job}/results/", codes=READ),
    Row(name="api-job-result", path="jobs/{job}/results/{device}/", codes=READ),
    Row(name="api-job-cancel", method="post", path="jobs/{job}/cancel/", codes=(403, 409, 409, 404)),
    Row(name="api-job-retry", method="post", path="jobs/{job}/retry/", codes=(403, 200, 200, 404)),
    Row(name="api-schedules-list", path="schedules/", codes=ALL),
    Row(name="api-schedules-list", method="post", path="schedules/", body=SCHEDULE, codes=(403, 201, 201, 201)),
    Row(name="api-schedules-detail", path="schedules/{schedule}/", codes=READ),
    Row(name="api-schedules-detail", method="put", path="schedules/{schedule}/", body={"name": "weekly"},
        codes=(403, 200, 200, 404)),
    Row(name="api-schedules-detail", method="patch", path="schedules/{schedule}/", body={"cron": "0 4 * * 1"},
        codes=(403, 200, 200, 404)),
    Row(name="api-schedules-detail", method="delete", path="schedules/{schedule}/", codes=(403, 204, 204, 404)),
    Row(name="api-schedule-preview", method="post", path="schedules/preview/", body={"cron": "30 2 * * *"},
        codes=(403, 200, 200, 200)),
    Row(name="api-schedule-run", method="post", path="schedules/{schedule}/run/", codes=(403, 202, 202, 404)),
    Row(name="api-schedule-pause", method="post", path="schedules/{schedule}/pause/", codes=(403, 200, 200, 404)),
    Row(name="api-schedule-resume", method="post", path="schedules/{schedule}/resume/", codes=(403, 409, 409, 404)),
    Row(name="api-event-types", path="event-types/", codes=ALL),
    Row(name="api-webhooks-list", path="webhooks/", codes=(403, 403, 200, 200)),
    Row(name="api-webhooks-list", method="post", path="webhooks/", body=HOOK, codes=(403, 403, 201, 201)),
    Row(name="api-webhooks-detail", path="webhooks/{hook}/", codes=(403, 403, 200, 404)),
    Row(name="api-webhooks-detail", method="put", path="webhooks/{hook}/", body={"name": "New"},
        codes=(403, 403, 200, 404)),
    Row(name="api-webhooks-detail", method="patch", path="webhooks/{hook}/", body={"url": "https://127.0.0.1/other"},
        codes=(403, 403, 403, 404)),
    Row(name="api-webhooks-detail", method="delete", path="webhooks/{hook}/", codes=(403, 403, 204, 404)),
    Row(name="api-webhook-test", method="post", path="webhooks/{hook}/test/", codes=(403, 403, 202, 404)),
    Row(name="api-webhook-rotate", method="post", path="webhooks/{hook}/rotate-secret/", codes=(403, 403, 200, 404)),
    Row(name="api-webhook-deliveries", path="webhooks/{hook}/deliveries/", codes=(403, 403, 200, 404)),
    Row(name="api-notification-rules-list", path="notification-rules/", codes=ALL),
    Row(name="api-notification-rules-list", method="post", path="notification-rules/",
        body={"name": "new", "target": "noc@example.org"}, codes=(403, 403, 201, 201)),
    Row(name="api-notification-rules-detail", path="notification-rules/{rule}/", codes=READ),
    Row(name="api-notification-rules-detail", method="put", path="notification-rules/{rule}/",
        body={"enabled": False}, codes=(403, 403, 200, 404)),
    Row(name="api-notification-rules-detail", method="patch", path="notification-rules/{rule}/",
        body={"interval": 60}, codes=(403, 403, 200, 404)),
    Row(name="api-notification-rules-detail", method="delete", path="notification-rules/{rule}/",
        codes=(403, 403, 204, 404)),
    Row(name="api-deliveries-list", path="deliveries/", codes=ALL),
    Row(name="api-deliveries-detail", path="deliveries/{delivery}/", codes=(404, 404, 200, 404)),
    Row(name="api-delivery-redeliver", method="post", path="deliveries/{delivery}/redeliver/",
        codes=(404, 404, 202, 404)),
    Row(name="api-audit-list", path="audit/", codes=(403, 403, 200, 200)),
    Row(name="api-audit-detail", path="audit/{event}/", codes=(403, 403, 200, 404)),
    Row(name="api-audit-export", path="audit/export/", codes=(403, 403, 200, 200)),
    Row(name="api-password", method="post", path="auth/password/", body={"password": "no", "new_password": "x" * 20},
        codes=(401, 401, 401, 401)),
    Row(name="api-users-detail", method="delete", path="users/{user}/", codes=NEVER),
    Row(name="api-user-keys-list", path="users/{owner}/api-keys/", codes=OF_ADMIN, nobody=404),
    Row(name="api-user-keys-detail", path="users/{owner}/api-keys/{key}/", codes=OF_ADMIN, nobody=404),
    Row(name="api-user-keys-detail", method="delete", path="users/{owner}/api-keys/{key}/",
        codes=(404, 404, 204, 404), nobody=404),
    Row(name="api-user-key-revoke", method="post", path="users/{owner}/api-keys/{key}/revoke/",
        codes=(404, 404, 204, 404), nobody=404),
    Row(name="api-customers-detail", method="delete", path="customers/{ours}/", codes=NEVER),
    Row(name="api-customer-member", method="post", path="customers/{ours}/users/{user}/",
        codes=(403, 403, 204, 404)),
    Row(name="api-customer-member", method="delete", path="customers/{ours}/users/{user}/",
        codes=(403, 403, 204, 404)),
    Row(name="api-jobs-admin-list", path="jobs/admin/", codes=(403, 403, 200, 200)),
    Row(name="api-jobs-admin-detail", path="jobs/admin/{job}/", codes=(403, 403, 200, 404)),
    Row(name="api-jobs-admin-logs", path="jobs/admin/{job}/logs/", codes=(403, 403, 200, 404)),
    Row(name="api-results", path="results/", codes=ALL),
    Row(name="api-results-export", path="results/export/", codes=ALL),
    Row(name="api-all-host-keys-list", path="host-keys/", codes=ALL),
    Row(name="api-all-host-keys-detail", path="host-keys/{host_key}/", codes=READ),
    Row(name="api-plugins", path="plugins/", codes=NEVER),
    Row(name="api-plugin", path="plugins/webnet_core/", codes=NEVER),
    Row(name="api-health", path="health/", codes=NEVER),
    Row(name="api-workers-list", path="workers/", codes=NEVER),
    Row(name="api-schema", path="schema/", codes=ALL),
    Row(name="api-docs", path="docs/", codes=ALL, anonymous=302),
)  # fmt: skip
