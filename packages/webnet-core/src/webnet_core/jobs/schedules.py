"""Making, changing, pausing and removing schedules. Whoever changes one owns it, and it runs with their rights.

A schedule runs tasks that read, and no others. A change needs a plan that somebody has looked at, with the devices it
names; nobody looks at what a filter matches at night. A change that is to happen later is put off with `execute_at`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from webnet_core.access.permissions import require
from webnet_core.access.scope import ScopedQuerySet
from webnet_core.access.validation import refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, InvalidInput
from webnet_core.inventory.criteria import as_id, possible_ids
from webnet_core.inventory.models import DeviceGroup, Site
from webnet_core.inventory.targets import parse, resolve
from webnet_core.jobs.catalogue import get_task, permission_of
from webnet_core.jobs.models import Schedule
from webnet_core.jobs.outputs import MASK
from webnet_core.jobs.params import parse_options, parse_params
from webnet_core.jobs.recurrence import Recurrence, recurrence, upcoming
from webnet_core.moments import as_stored, utc_now, with_offset
from webnet_core.plugins.items import TaskSpec

WHAT = ("task", "params", "targets", "options")
WHEN = ("cron", "interval", "time_zone")
EDITABLE = ("name", *WHAT, *WHEN, "overlap", "grace")
SHORTEST_GRACE, LONGEST_GRACE = 60, 7 * 86400
MOST_PREVIEWED = 50
_UNMATCHED = frozenset({"no_match", "all_disabled"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """When a schedule would run: in plain words, and its next times on the clock of its zone."""

    description: str
    time_zone: str
    runs: Sequence[datetime]


def find_schedules(user: Any, filters: Mapping[str, Any]) -> ScopedQuerySet[Schedule]:
    """Return the schedules the user sees that match every filter, by name.

    Arguments:
        filters: any of task, paused, owner (a username), search (part of the name).
    """
    rows = Schedule.objects.for_user(user).select_related("owner").order_by("name", "pk")
    if (task := filters.get("task")) is not None:
        rows = rows.filter(task=task)
    if (paused := filters.get("paused")) is not None:
        rows = rows.filter(paused=paused)
    if (owner := filters.get("owner")) is not None:
        rows = rows.filter(**{f"owner__{get_user_model().USERNAME_FIELD}": owner})
    if search := filters.get("search"):
        rows = rows.filter(name__icontains=search)
    return rows


def create_schedule(user: Any, customer_id: int, values: Mapping[str, Any], *, now: datetime | None = None) -> Schedule:
    """Make a schedule of the user's own.

    Arguments:
        values: any of `EDITABLE`; ``name``, ``task``, ``targets`` and one of ``cron`` and ``interval`` at least.
        now: the current moment, with its offset; the clock's where left out.

    Raises:
        PermissionDenied: the user lacks ``schedules.edit``, or what the task asks for, in the customer.
        InvalidInput: a field is wrong, the name is taken, or the task changes devices.
    """
    require(user, "schedules.edit", customer_id)
    refuse_unknown(values, EDITABLE)
    schedule = Schedule(customer_id=customer_id)
    with transaction.atomic():
        _assign(user, schedule, values)
        _set_next(schedule, now or utc_now())
        save_valid(schedule)
        record(user, "schedules.create", schedule, after=row_values(schedule, EDITABLE))
    return schedule


def update_schedule(
    user: Any, schedule: Schedule, values: Mapping[str, Any], *, now: datetime | None = None
) -> Schedule:
    """Change a schedule, which becomes the user's; see `create_schedule` for what is refused.

    ``cron`` takes the place of ``interval`` and the other way round.
    """
    require(user, "schedules.edit", schedule.customer_id)
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        fresh = Schedule.objects.select_for_update().get(pk=schedule.pk)
        before = row_values(fresh, (*EDITABLE, "owner"))
        _assign(user, fresh, values)
        if not fresh.paused and any(before[name] != getattr(fresh, name) for name in WHEN):
            _set_next(fresh, now or utc_now())
        save_valid(fresh)
        after = row_values(fresh, (*EDITABLE, "owner"))
        if before != after:
            record(user, "schedules.update", fresh, before=before, after=after)
    return fresh


def pause_schedule(user: Any, schedule: Schedule, reason: str = "") -> Schedule:
    """Let a schedule make no more jobs until it is resumed; one that is paused stays so.

    Raises:
        PermissionDenied: the user lacks ``schedules.edit`` in its customer.
    """
    require(user, "schedules.edit", schedule.customer_id)
    with transaction.atomic():
        fresh = Schedule.objects.select_for_update().get(pk=schedule.pk)
        if not fresh.paused:
            set_paused(fresh, reason or f"Paused by {user.get_username()}.")
            record(user, "schedules.pause", fresh, data={"reason": fresh.pause_reason})
    return fresh


def set_paused(schedule: Schedule, reason: str) -> None:
    """Store that a locked schedule is paused, and why."""
    schedule.paused, schedule.pause_reason, schedule.next_due = True, reason[:300], None
    schedule.save(update_fields=["paused", "pause_reason", "next_due", "updated_at"])


def resume_schedule(user: Any, schedule: Schedule, *, now: datetime | None = None) -> Schedule:
    """Let a paused schedule run again from its next due time on, with the rights of the user, who owns it from now on.

    Raises:
        PermissionDenied: the user lacks ``schedules.edit``, or what its task asks for, in its customer.
        Conflict: it is not paused.
        InvalidInput: what it says to run or when cannot be meant any more.
    """
    require(user, "schedules.edit", schedule.customer_id)
    with transaction.atomic():
        fresh = Schedule.objects.select_for_update().get(pk=schedule.pk)
        if not fresh.paused:
            raise Conflict(f"Schedule {fresh} is not paused.")
        _assign(user, fresh, {})
        fresh.paused, fresh.pause_reason = False, ""
        _set_next(fresh, now or utc_now())
        save_valid(fresh)
        record(user, "schedules.resume", fresh)
    return fresh


def delete_schedule(user: Any, schedule: Schedule) -> None:
    """Remove a schedule; the jobs that it made stay.

    Raises:
        PermissionDenied: the user lacks ``schedules.edit`` in its customer.
    """
    require(user, "schedules.edit", schedule.customer_id)
    with transaction.atomic():
        record(user, "schedules.delete", schedule, before=row_values(schedule, EDITABLE))
        schedule.delete()


def recurrence_of(schedule: Schedule, anchor: datetime) -> Recurrence:
    """Return a schedule's due times, those of an interval counted from `anchor`.

    Raises:
        InvalidInput: they cannot be meant, because the zone is not known any more.
    """
    return recurrence(cron=schedule.cron, interval=schedule.interval, time_zone=schedule.time_zone, anchor=anchor)


def preview(
    *, cron: str = "", interval: int | None = None, time_zone: str = "UTC", count: int = 5, now: datetime | None = None
) -> Preview:
    """Say when a schedule would run, without storing anything.

    Arguments:
        interval: seconds, in place of `cron`.
        count: how many times to show, at most `MOST_PREVIEWED`.

    Raises:
        InvalidInput: the times cannot be meant.
    """
    moment = now or utc_now()
    times = recurrence(cron=cron, interval=interval, time_zone=time_zone, anchor=moment)
    runs = upcoming(times, moment, min(count, MOST_PREVIEWED))
    return Preview(description=times.describe(), time_zone=time_zone, runs=runs)


def preview_of(schedule: Schedule, count: int = 5, *, now: datetime | None = None) -> Preview:
    """Say when a schedule is due next; never where it is paused.

    Raises:
        InvalidInput: its times cannot be meant any more.
    """
    first = with_offset(schedule.next_due) if schedule.next_due is not None else None
    times = recurrence_of(schedule, first or now or utc_now())
    runs = [] if first is None else [first, *upcoming(times, first, count - 1)]
    return Preview(description=times.describe(), time_zone=schedule.time_zone, runs=runs)


def count_devices(user: Any, schedule: Schedule) -> int:
    """Return how many enabled devices of those the user sees a schedule's targets match now."""
    try:
        return len(resolve(user, schedule.targets, customer_id=schedule.customer_id, action="view").device_ids)
    except InvalidInput:
        return 0


def schedulable(name: str) -> TaskSpec[Any]:
    """Return the task if a schedule may run it.

    Raises:
        InvalidInput: there is none, or it changes devices.
    """
    spec = get_task(name)
    if spec.risk != "read":
        message = (
            f"{name} changes devices, so somebody has to look at its plan: run it once with execute_at, "
            "or let a schedule run a task that reads."
        )
        raise InvalidInput.at("task", message, "changes_devices")
    return spec


def _assign(user: Any, schedule: Schedule, values: Mapping[str, Any]) -> None:
    """Set the values, checked as a submission of the user's own would be, and make the schedule the user's."""
    for name in EDITABLE:
        if name in values:
            setattr(schedule, name, values[name])
    _one_of_both(schedule, values)
    spec = schedulable(schedule.task)
    require(user, permission_of(spec), schedule.customer_id)
    _refuse_masked(values.get("params"))
    schedule.params = parse_params(spec, schedule.params).model_dump(mode="json")
    schedule.options = parse_options(schedule.options).model_dump(mode="json", exclude_none=True)
    if "targets" in values:
        schedule.targets = _checked_targets(user, schedule, permission_of(spec))
    if not SHORTEST_GRACE <= schedule.grace <= LONGEST_GRACE:
        raise InvalidInput.at("grace", f"A grace is {SHORTEST_GRACE} to {LONGEST_GRACE} seconds.", "invalid")
    schedule.owner = user


def _one_of_both(schedule: Schedule, values: Mapping[str, Any]) -> None:
    if values.get("cron") and "interval" not in values:
        schedule.interval = None
    if values.get("interval") is not None and "cron" not in values:
        schedule.cron = ""
    schedule.cron = " ".join(schedule.cron.split())


def _checked_targets(user: Any, schedule: Schedule, action: str) -> dict[str, Any]:
    """Return the targets as they are stored: what matches nothing today may do so when the schedule is due."""
    wanted = parse(schedule.targets)
    if wanted.selection is not None:
        message = "A selection is kept for a day: name the devices by their ids, or by a filter."
        raise InvalidInput.at("targets.selection", message, "selection")
    for name, model in (("site", Site), ("group", DeviceGroup)):
        value = getattr(wanted, name)
        if value is not None and not _has(model, schedule.customer_id, value):
            raise InvalidInput.at(f"targets.{name}", f"There is no {name} {value}.", f"unknown_{name}")
    try:
        resolve(user, schedule.targets, customer_id=schedule.customer_id, action=action)
    except InvalidInput as error:
        if not {item.code for item in error.errors} <= _UNMATCHED:
            raise
    return wanted.model_dump(mode="json", exclude_unset=True, exclude_none=True)


def _has(model: type[Site | DeviceGroup], customer_id: int, named: str | int) -> bool:
    number = named if isinstance(named, int) else as_id(named)
    by_id = Q(pk__in=possible_ids([] if number is None else [number]))
    return model.objects.filter(by_id | Q(name=str(named)), customer_id=customer_id).exists()


def _refuse_masked(params: Any) -> None:
    """Refuse a secret's mask that was read from here and sent back as if it were the secret."""
    masked = [key for key, value in params.items() if value == MASK] if isinstance(params, Mapping) else []
    if masked:
        raise InvalidInput.at(f"params.{masked[0]}", "This is the mask of a secret: send the secret.", "masked")


def _set_next(schedule: Schedule, now: datetime) -> None:
    due = recurrence_of(schedule, now).next_after(now)
    schedule.next_due = None if due is None else as_stored(due)
