"""What contact with devices taught: reachability, last error, facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from webnet_core.inventory.models import Device, Reachability
from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome
from webnet_core.secrets.models import Credential
from webnet_core.storable import clean_text

_FACTS = ("model", "os_version", "serial")
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


def record_contacts(outcomes: Mapping[int, Outcome], at: datetime | None = None) -> None:
    """Write reachability, last seen and last error of each device, in the caller's transaction.

    A host that answered but failed counts as reachable; one that never got that far changes nothing but its error.
    """
    now = at or timezone.now()
    seen = [pk for pk, outcome in outcomes.items() if _answered(outcome)]
    lost = [pk for pk, outcome in outcomes.items() if outcome.status is HostStatus.UNREACHABLE]
    if seen:
        Device.objects.filter(pk__in=seen).update(
            reachability=Reachability.REACHABLE, reachability_at=now, last_seen=now
        )
    if lost:
        Device.objects.filter(pk__in=lost).update(reachability=Reachability.UNREACHABLE, reachability_at=now)
    _record_errors(outcomes, now)
    _record_openers(outcomes)


def record_facts(facts: Mapping[int, Mapping[str, str]]) -> None:
    """Write model, OS version and serial of each device where they are known, in the caller's transaction."""
    rows = list(Device.objects.filter(pk__in=list(facts)))
    for row in rows:
        for name in _FACTS:
            if value := facts[row.pk].get(name):
                setattr(row, name, clean_text(value, 120))
    Device.objects.bulk_update(rows, _FACTS)


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
