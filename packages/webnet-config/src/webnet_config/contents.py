"""Who may read what of a snapshot: masked for all who see the device, raw for those who may."""

from __future__ import annotations

from typing import Any

from webnet_config.models import Snapshot
from webnet_core.access.scope import can
from webnet_core.audit.record import record
from webnet_core.blobs import store
from webnet_core.exceptions import PermissionDenied

VIEW_RAW = "config.view_raw"


def may_view_raw(user: Any, snapshot: Snapshot) -> bool:
    """Say whether the user may read the snapshot with its secrets."""
    return can(user, VIEW_RAW, snapshot.device.customer_id)


def masked_text(snapshot: Snapshot) -> str:
    """Return the configuration with its secrets hidden."""
    return store.get(snapshot.masked)


def raw_text(user: Any, snapshot: Snapshot) -> str:
    """Return the configuration exactly as the device sent it, and write down who read it.

    Raises:
        PermissionDenied: The user may not see secrets of this customer.
    """
    if not may_view_raw(user, snapshot):
        raise PermissionDenied(f"Reading a configuration with its secrets needs the permission {VIEW_RAW}.")
    text = store.get(snapshot.raw)
    record(user, "config.view_raw", snapshot, customer_id=snapshot.device.customer_id)
    return text


def find_snapshot(user: Any, pk: int) -> Snapshot | None:
    """Return the snapshot if it is of a device that the user may see."""
    rows = Snapshot.objects.for_user(user).select_related(
        "device", "device__customer", "raw__base", "masked__base", "job"
    )
    return rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
