"""Imports on a real database: two at once, and what is committed while somebody else changes devices."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from webnet_core.access.models import Customer
from webnet_core.exceptions import Conflict, WebnetError
from webnet_core.inventory.importing.batches import Upload, commit_import, import_at_once, preview_import
from webnet_core.inventory.importing.undoing import undo_import
from webnet_core.inventory.models import Device
from webnet_core.inventory.tags import tags_of

HEAD = "hostname,mgmt_ip,platform,role,tags,data.rack"


def file_of(role: str) -> Upload:
    rows = [f'dev{number},192.0.2.{number},cisco_ios,{role},"env={role}",A{number}' for number in range(1, 40)]
    return Upload(content="\n".join([HEAD, *rows]).encode())


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run everything at the same moment; return what each gave or raised."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found[place] = work()
        except WebnetError as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_an_import_is_made_changed_and_taken_back(customer: Customer, operator: Any) -> None:
    made = import_at_once(operator, customer.pk, file_of("edge"))
    before = list(Device.objects.order_by("pk").values_list("pk", "role", "data"))
    changed = import_at_once(operator, customer.pk, file_of("core"))
    first = Device.objects.get(hostname="dev1")
    assert (first.role, tags_of([first.pk])[first.pk]) == ("core", {"env": "core"})
    undo_import(operator, changed)
    assert list(Device.objects.order_by("pk").values_list("pk", "role", "data")) == before
    assert tags_of([first.pk])[first.pk] == {"env": "edge"}
    undo_import(operator, made)
    assert not Device.objects.exists()


def test_one_preview_committed_twice_at_once_is_done_once(customer: Customer, operator: Any) -> None:
    batch = preview_import(operator, customer.pk, file_of("edge"))
    first, second = at_once(lambda: commit_import(operator, batch), lambda: commit_import(operator, batch))
    refused = [one for one in (first, second) if isinstance(one, Conflict)]
    assert len(refused) == 1, (first, second)
    assert Device.objects.count() == 39


def test_two_imports_of_the_same_new_devices_at_once_make_them_once(customer: Customer, operator: Any) -> None:
    both = [preview_import(operator, customer.pk, file_of(role)) for role in ("edge", "core")]
    found = at_once(*(lambda batch=batch: commit_import(operator, batch) for batch in both))
    assert sum(isinstance(one, Conflict) for one in found) == 1, found
    assert Device.objects.count() == 39
    assert Device.objects.values("role").distinct().count() == 1
    assert connection.vendor in {"sqlite", "postgresql"}
