"""A process inside the site's Django that enters devices and reads what was stored; Django starts once for all bars.

Started by `benchmarks.workbench`; reads a JSON request a line, prints a JSON answer a line, ends with standard input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import django

from benchmarks.fleet_process import digest_of


def enter(rows: list[tuple[str, int]], role: str, username: str, password: str) -> int:
    """Put devices of this role into the inventory; a row is a name and a port."""
    from webnet_core.models import Credential, Customer, Device  # noqa: PLC0415 - needs Django set up

    customer, _ = Customer.objects.get_or_create(name="Bench")
    secrets = {"username": username, "password": password}
    login, _ = Credential.objects.get_or_create(customer=customer, name="bench", defaults=secrets)
    facts: dict[str, Any] = {"customer": customer, "credential": login, "role": role, "platform": "cisco_ios"}
    devices = [Device(hostname=name, mgmt_ip="127.0.0.1", port=port, **facts) for name, port in rows]
    return len(Device.objects.bulk_create(devices, batch_size=500))


def stored(job_id: int) -> dict[str, str]:
    """Return the configurations that a job stored, digested, by host name."""
    from webnet_config.models import Snapshot  # noqa: PLC0415 - needs Django set up
    from webnet_core.blobs import store  # noqa: PLC0415 - the same

    rows = Snapshot.objects.filter(job_id=job_id).select_related("device", "raw__base")
    return {row.device.hostname: digest_of(store.get(row.raw)) for row in rows.iterator(chunk_size=50)}


def text(job_id: int, hostname: str) -> str:
    """Return what a job stored of one device; nothing where it stored nothing."""
    from webnet_config.models import Snapshot  # noqa: PLC0415 - needs Django set up
    from webnet_core.blobs import store  # noqa: PLC0415 - the same

    row = Snapshot.objects.filter(job_id=job_id, device__hostname=hostname).select_related("raw__base").first()
    return store.get(row.raw) if row is not None else ""


def fill(count: int) -> int:
    """Put devices at fifty sites into the inventory, with data, options and tags, in an order that is not theirs."""
    from webnet_core.models import Credential, Customer, Device, Site, Tag  # noqa: PLC0415 - needs Django set up

    customer = Customer.objects.create(name="List")
    logins = [Credential.objects.create(customer=customer, name=f"login {number}") for number in range(20)]
    sites = [Site.objects.create(customer=customer, name=f"site {number:02d}") for number in range(50)]
    tags = [Tag.objects.create(customer=customer, name="env", value=value) for value in ("lab", "prod")]
    rows = [
        Device(
            customer=customer,
            hostname=f"device{number * 7919 % count:06d}",
            mgmt_ip=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
            platform=("cisco_ios", "arista_eos", "juniper_junos")[number % 3],
            site=sites[number % 50],
            credential=logins[number % 20],
            role=("access", "core", "edge", "distribution")[number % 4],
            data={"rack": f"A{number % 40}", "contact": "noc@example.org"},
            connection_options={"netmiko": {"keepalive": 30}},
            serial=f"FOC{number:08d}",
        )
        for number in range(count)
    ]
    Device.objects.bulk_create(rows, batch_size=2000)
    tagged = Device.tags.through
    pairs = (tagged(device_id=row.pk, tag_id=tags[place % 2].pk) for place, row in enumerate(rows))
    tagged.objects.bulk_create(pairs, batch_size=2000)
    return count


def queries(address: str, authorization: str, cookie: str) -> int:
    """Return how many queries the answer to a GET takes, once everything it needs is loaded."""
    from django.db import connection  # noqa: PLC0415 - needs Django set up
    from django.test import Client  # noqa: PLC0415 - the same

    seen: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    given = {"HTTP_AUTHORIZATION": authorization, "HTTP_COOKIE": cookie, "SERVER_NAME": "127.0.0.1"}
    client = Client(**{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
    client.get(address)
    with connection.execute_wrapper(count):
        assert client.get(address).status_code == 200
    return len(seen)


def main() -> int:
    """Answer until standard input ends."""
    django.setup()
    verbs: dict[str, Callable[..., Any]] = {
        "enter": enter,
        "stored": stored,
        "text": text,
        "fill": fill,
        "queries": queries,
    }
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(verbs[request["do"]](*request["with"])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
