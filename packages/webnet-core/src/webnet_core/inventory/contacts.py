"""What contact with devices taught: reachability, last error, facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from webnet_core.inventory.models import Device, Reachability
from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome
from webnet_core.secrets.models import Credential
from webnet_core.storable import clean_text

_FACTS = ("model", "os_version", "serial")
_IDENTITY = "serial"
_CONTACTED = frozenset({HostStatus.OK, HostStatus.CHANGED, HostStatus.FAILED, HostStatus.UNKNOWN})
_NO_CONTACT = frozenset(
    {
        ErrorCategory.NO_CREDENTIAL,
        ErrorCategory.CREDENTIAL_UNREADABLE,
        ErrorCategory.DRIVER_MISSING,
        ErrorCategory.NOT_SUPPORTED,
        ErrorCategory.BUSY,
        ErrorCategory.TASK_ERROR,
        ErrorCategory.TIMEOUT,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Turned:
    """A device whose reachability has just become another."""

    device: Device
    reachable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Differs:
    """A device that says of itself something else than was known."""

    device: Device
    field: str
    known: str
    found: str


def record_contacts(outcomes: Mapping[int, Outcome], at: datetime | None = None) -> list[Turned]:
    """Write reachability, last seen and last error of each device, in the caller's transaction.

    A host that answered but failed counts as reachable; one that never got that far changes nothing but its error.

    Returns:
        The devices that are unreachable now and were not before, and those that answer and did not before.
    """
    now = at or timezone.now()
    seen = [pk for pk, outcome in outcomes.items() if _answered(outcome)]
    lost = [pk for pk, outcome in outcomes.items() if outcome.status is HostStatus.UNREACHABLE]
    turned = _turned(seen, lost)
    if seen:
        Device.objects.filter(pk__in=seen).update(
            reachability=Reachability.REACHABLE, reachability_at=now, last_seen=now
        )
    if lost:
        Device.objects.filter(pk__in=lost).update(reachability=Reachability.UNREACHABLE, reachability_at=now)
    _record_errors(outcomes, now)
    _record_openers(outcomes)
    return turned


def record_facts(facts: Mapping[int, Mapping[str, str]]) -> list[Differs]:
    """Write model, OS version and serial of each device where they are known, in the caller's transaction.

    Returns:
        The devices whose serial number was known as another: what stands there is not what stood there.
    """
    rows = list(Device.objects.filter(pk__in=list(facts)))
    differing = []
    for row in rows:
        for name in _FACTS:
            if value := clean_text(facts[row.pk].get(name) or "", 120):
                known = getattr(row, name)
                if name == _IDENTITY and known and known != value:
                    differing.append(Differs(device=row, field=name, known=known, found=value))
                setattr(row, name, value)
    Device.objects.bulk_update(rows, _FACTS)
    return differing


def _turned(seen: list[int], lost: list[int]) -> list[Turned]:
    back = Q(pk__in=seen, reachability=Reachability.UNREACHABLE)
    gone = Q(pk__in=lost) & ~Q(reachability=Reachability.UNREACHABLE)
    rows = Device.objects.filter(back | gone).only("pk", "hostname", "customer_id", "site_id", "reachability")
    found = list(rows.order_by("pk")) if seen or lost else []
    return [Turned(device=row, reachable=row.reachability == Reachability.UNREACHABLE) for row in found]


def _answered(outcome: Outcome) -> bool:
    return outcome.status in _CONTACTED and outcome.error not in _NO_CONTACT


def _record_openers(outcomes: Mapping[int, Outcome]) -> None:
    """Remember which of several credentials opened a device: the next job begins with it."""
    by_credential: dict[int, list[int]] = {}
    for pk, outcome in outcomes.items():
        if outcome.opened_by is not None:
            by_credential.setdefault(outcome.opened_by, []).append(pk)
    for credential in Credential.objects.filter(pk__in=by_credential):
        rows = Device.objects.filter(pk__in=by_credential[credential.pk], customer_id=credential.customer_id)
        rows.exclude(opened_by=credential).update(opened_by=credential)


def _record_errors(outcomes: Mapping[int, Outcome], now: datetime) -> None:
    fine = [pk for pk, item in outcomes.items() if item.status in (HostStatus.OK, HostStatus.CHANGED)]
    Device.objects.filter(pk__in=fine).exclude(last_error="").update(last_error="", last_error_at=None)
    by_text: dict[str, list[int]] = {}
    for pk, item in outcomes.items():
        if item.error is not None and item.status in (HostStatus.FAILED, HostStatus.UNREACHABLE, HostStatus.UNKNOWN):
            by_text.setdefault(clean_text(f"{item.error}: {item.message}", 500), []).append(pk)
    for text, ids in by_text.items():
        Device.objects.filter(pk__in=ids).update(last_error=text, last_error_at=now)
