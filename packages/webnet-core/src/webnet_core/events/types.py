"""What can happen, and by which ways people are told: the items of the events room. Imports no Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final, Literal, TypeAlias

from webnet_core.exceptions import WebnetError
from webnet_core.plugins.items import JSON, ErrorCategory, HostStatus, JobStatus

Severity: TypeAlias = Literal["info", "warning", "error"]
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "error")
_NOT_FINE = frozenset({JobStatus.FAILED, JobStatus.PARTIAL, JobStatus.INTERRUPTED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened to one customer. Derive a frozen dataclass, and register it as an `EventType`.

    What `describe` and `payload` return leaves the site: no secrets, and nothing of what devices print.

    Attributes:
        customer_id: Whose it is; nobody else is told.
        site_ids: The sites it concerns, for rules that ask for some.
    """

    severity: ClassVar[Severity] = "info"

    customer_id: int
    site_ids: frozenset[int] = frozenset()

    @property
    def weight(self) -> Severity:
        """How bad it is; the class's `severity` unless a subclass knows better."""
        return self.severity

    @property
    def task_name(self) -> str:
        """The task it is about, for rules that ask for some; empty where it is about none."""
        return ""

    @property
    def devices(self) -> frozenset[int]:
        """The ids of the devices it concerns, for rules that ask for those of some groups."""
        return frozenset()

    def describe(self) -> str:
        """Say in one sentence what happened."""
        return type(self).__name__

    def payload(self) -> Mapping[str, JSON]:
        """Return the facts that receivers are told."""
        return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class JobOutcome(Event):
    """A job has ended, in whatever way."""

    job_id: int
    task: str
    status: JobStatus
    counts: Mapping[HostStatus, int]
    errors: Mapping[ErrorCategory, int]
    started: datetime | None
    finished: datetime
    device_ids: frozenset[int] = frozenset()

    @property
    def devices(self) -> frozenset[int]:
        """The job's devices."""
        return self.device_ids

    @property
    def weight(self) -> Severity:
        """An error where nothing came of it, a warning where some hosts failed."""
        if self.status is JobStatus.PARTIAL:
            return "warning"
        return "error" if self.status in _NOT_FINE else "info"

    @property
    def task_name(self) -> str:
        """The job's task."""
        return self.task

    def describe(self) -> str:
        """Name the job, its task and what became of its hosts."""
        hosts = ", ".join(f"{count} {status.value}" for status, count in self.counts.items() if count)
        return f"Job {self.job_id} ({self.task}): {self.status.value}" + (f" ({hosts})" if hosts else "")

    def payload(self) -> Mapping[str, JSON]:
        """Return the job's id, task, status and counts."""
        return {
            "job_id": self.job_id,
            "task": self.task,
            "status": self.status.value,
            "counts": {status.value: count for status, count in self.counts.items()},
            "errors": {category.value: count for category, count in self.errors.items()},
            "started": self.started.isoformat() if self.started else None,
            "finished": self.finished.isoformat(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class JobFailed(JobOutcome):
    """A job has failed, as a whole or for some of its hosts, or was interrupted."""


def job_ended(status: JobStatus) -> type[JobOutcome]:
    """Return which event tells of a job that ended with `status`."""
    return JobFailed if status in _NOT_FINE else JobOutcome


@dataclass(frozen=True, kw_only=True, slots=True)
class HostEvent(Event):
    """Something happened to one device; `device` is its name."""

    device_id: int
    device: str

    @property
    def devices(self) -> frozenset[int]:
        """The device."""
        return frozenset({self.device_id})

    def payload(self) -> Mapping[str, JSON]:
        """Return which device it was."""
        return {"device_id": self.device_id, "device": self.device}


@dataclass(frozen=True, kw_only=True, slots=True)
class HostUnreachable(HostEvent):
    """A device that was reachable, or not yet known, could not be reached."""

    severity: ClassVar[Severity] = "error"

    def describe(self) -> str:
        """Name the device."""
        return f"{self.device} cannot be reached"


@dataclass(frozen=True, kw_only=True, slots=True)
class HostReachable(HostEvent):
    """A device that could not be reached answers again."""

    def describe(self) -> str:
        """Name the device."""
        return f"{self.device} answers again"


@dataclass(frozen=True, kw_only=True, slots=True)
class InventoryInconsistent(HostEvent):
    """A device says of itself something else than the inventory knew."""

    severity: ClassVar[Severity] = "warning"
    field: str
    known: str
    found: str

    def describe(self) -> str:
        """Name the device and what differs."""
        return f"{self.device} has another {self.field} than the inventory knew"

    def payload(self) -> Mapping[str, JSON]:
        """Return the device, the field and both values."""
        return {
            "device_id": self.device_id,
            "device": self.device,
            "field": self.field,
            "known": self.known,
            "found": self.found,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleNotice(Event):
    """What a schedule did besides making a job that ran.

    `what` is ``paused`` (by itself; `reason` says why), ``skipped`` (the job before was still open), ``missed`` (found
    too late to run) or ``refused`` (there is a failed job that says why). `due` is the time it was about.
    """

    severity: ClassVar[Severity] = "warning"
    schedule_id: int
    name: str
    what: Literal["paused", "skipped", "missed", "refused"]
    reason: str
    due: datetime

    def describe(self) -> str:
        """Name the schedule and what it did."""
        return f"Schedule {self.name}: {self.what}"

    def payload(self) -> Mapping[str, JSON]:
        """Return the schedule, what it did and why."""
        return {
            "schedule_id": self.schedule_id,
            "schedule": self.name,
            "what": self.what,
            "reason": self.reason,
            "due": self.due.isoformat(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class SchedulePaused(ScheduleNotice):
    """A schedule has paused itself: it makes no jobs until somebody resumes it."""

    severity: ClassVar[Severity] = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class PerformanceDegraded(Event):
    """A schedule's job took much longer than its jobs usually do."""

    severity: ClassVar[Severity] = "warning"
    job_id: int
    schedule_id: int
    task: str
    seconds: float
    usual_seconds: float

    @property
    def task_name(self) -> str:
        """The job's task."""
        return self.task

    def describe(self) -> str:
        """Name the job and both times."""
        return f"Job {self.job_id} ({self.task}) took {self.seconds:.0f} s, usually {self.usual_seconds:.0f} s"

    def payload(self) -> Mapping[str, JSON]:
        """Return job, schedule, task and both times."""
        return {
            "job_id": self.job_id,
            "schedule_id": self.schedule_id,
            "task": self.task,
            "seconds": self.seconds,
            "usual_seconds": self.usual_seconds,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookDisabled(Event):
    """A webhook failed too often and was switched off."""

    severity: ClassVar[Severity] = "error"
    webhook_id: int
    name: str
    reason: str

    def describe(self) -> str:
        """Name the webhook and why."""
        return f"Webhook {self.name}: {self.reason}"

    def payload(self) -> Mapping[str, JSON]:
        """Return which webhook it is, and why."""
        return {"webhook_id": self.webhook_id, "webhook": self.name, "reason": self.reason}


@dataclass(frozen=True, kw_only=True, slots=True)
class EventType:
    """A kind of event that people may ask to be told of.

    Args:
        key: Its name, ``<plugin>.<name>``.
        label: What people read.
        type: The class of its events; a rule for it hears of registered subclasses too.
        description: When it happens, in a sentence.
    """

    key: str
    label: str
    type: type[Event]
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One delivery as a channel sends it; everything in it may leave the site.

    Attributes:
        delivery_id: The same at every try, so a receiver can tell a repetition.
        event: Key of the event's type.
        summary: One line.
        text: Plain text for people; may have several lines.
        body: What programs get: ``{"id", "event", "at", "severity", "customer_id", "summary", "data"}``, and ``also``
            with what was gathered besides.
        target: Where to, as the channel's `check` returned it.
        seconds: How long sending may take.
    """

    delivery_id: str
    event: str
    severity: Severity
    customer_id: int
    summary: str
    text: str
    body: Mapping[str, JSON]
    target: str
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """A way to tell people or programs.

    Args:
        key: Its name, ``<plugin>.<name>``.
        label: What people read.
        send: Delivers one message or raises `DeliveryFailed`; called in a thread of its own, never in a job's. What it
            returns is the HTTP status of the answer, where there was one.
        check: Takes the target that somebody typed and returns it as it is to be stored; raises `ValueError` with a
            sentence where it is none.
        hint: What a target looks like.
    """

    key: str
    label: str
    send: Callable[[Message], int | None]
    check: Callable[[str], str] = field(default=str.strip)
    hint: str = ""


class DeliveryFailed(WebnetError):
    """A message could not be delivered.

    The message is shown to whoever may see the delivery: it must quote nothing that the receiver said.

    Args:
        final: Trying again is useless.
        status: The HTTP status, where there was one.
    """

    final: bool
    status: int | None

    def __init__(self, message: str = "", *, final: bool = False, status: int | None = None) -> None:
        super().__init__(message, final=final, status=status)
