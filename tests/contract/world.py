"""A customer with one row of every kind, and clients of everybody who may ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from rest_framework.test import APIClient

from tests.contract.settings import METRICS_TOKEN
from webnet_config.models import Snapshot
from webnet_core.access import tokens
from webnet_core.access.models import ApiKey, Customer
from webnet_core.inventory.models import Device, IPRange, Site
from webnet_core.jobs.models import HostResult, Job, JobEvent
from webnet_core.secrets.models import Credential
from webnet_core.testing.factories import make_customer, make_devices, make_user
from webnet_core.testing.tenancy import CustomerRows

PASSWORD = "correct horse battery staple"
ROLES = ("viewer", "operator", "admin")


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything the contract's addresses and bodies name."""

    customer: Customer
    empty: Customer
    site: Site
    device: Device
    credential: Credential
    spare_credential: Credential
    job: Job
    queued: Job
    rows: CustomerRows
    users: Mapping[str, Any]
    bearers: Mapping[str, str]
    ids: Mapping[str, Any]
    password: str = PASSWORD

    def client(self, who: str) -> APIClient:
        """A client with a token of one of `users`; `public` has none, `metrics` that of the metrics."""
        client = APIClient(raise_request_exception=False)
        client.default_format = "json"  # type: ignore[attr-defined]
        token = {**self.bearers, "metrics": METRICS_TOKEN}.get(who)
        if token is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    def lone_device(self) -> Device:
        """A device that nothing is about."""
        return make_devices(1, self.customer)[0]

    def refresh(self) -> str:
        """A refresh token that was not used yet."""
        return tokens.start_family(self.users["login"]).refresh


def make_world() -> World:
    """Store it all."""
    rows = CustomerRows("contract")
    rows.build_all()
    customer = rows.customer
    users = {role: make_user(f"c-{role}", role=role, customer=customer) for role in ROLES[:2]}
    users["admin"] = make_user("c-admin", role="admin", customer=None)
    users["local"] = make_user("c-local", role="admin", customer=customer)
    users["login"] = make_user("c-login", role="viewer", customer=customer, password=PASSWORD)
    users["outsider"] = make_user("c-outsider", role=None)
    job, device = rows.row(Job), rows.row(Device)
    Job.objects.filter(pk=job.pk).update(status="failed", type="get_facts", user=users["viewer"], params={}, options={})
    Job.objects.filter(pk=job.pk).update(targets={"device_ids": [device.pk]}, total=1, failed=1, risk="read")
    HostResult.objects.filter(job=job).update(status="failed", device=device, error_category="timeout")
    queued = Job.objects.create(customer=customer, type="get_facts", user=users["operator"], open_shards=0)
    IPRange.objects.filter(pk=rows.row(IPRange).pk).update(cidr="192.0.2.0/24")
    spare = Credential.objects.create(customer=customer, name="unused", username="netops")
    keys = {
        who: ApiKey.objects.create(
            user=user,
            name="k",
            prefix=f"c{number:011d}",
            digest="0" * 64,
            scopes=["view"],
            expires_at="2099-01-01T00:00Z",
        )
        for number, (who, user) in enumerate(users.items())
    }
    empty = make_customer("Empty")
    job.refresh_from_db()
    ids = {
        "customer_id": customer.pk,
        "empty_id": empty.pk,
        "user_id": users["outsider"].pk,
        "key_id": keys["viewer"].pk,
        "credential_id": rows.row(Credential).pk,
        "device_id": device.pk,
        "job_id": job.pk,
        "range_id": rows.row(IPRange).pk,
        "snapshot_id": rows.row(Snapshot).pk,
    }
    assert JobEvent.objects.filter(job=job).exists()
    cache.clear()
    return World(
        customer=customer,
        empty=empty,
        site=rows.row(Site),
        device=device,
        credential=rows.row(Credential),
        spare_credential=spare,
        job=job,
        queued=queued,
        rows=rows,
        users=users,
        bearers={who: tokens.start_family(user).access for who, user in users.items()},
        ids=ids,
    )
