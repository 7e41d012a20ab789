"""The hooks that webnet-core asks. Implement one with `webnet_core.plugin.hookimpl`; take only the arguments you need.

Register hooks run once, at start. They return items and do nothing else: they may run again when another plugin had to
be taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from webnet_core.events.types import Channel, EventType
from webnet_core.platforms import extend
from webnet_core.plugins.items import (
    Draft,
    HealthCheck,
    NavItem,
    Panel,
    PlanRow,
    Platform,
    PlatformExtension,
    SecretBackend,
    Settings,
    Tab,
    TaskSpec,
    TickStep,
    Topic,
    UIItem,
    Veto,
    Widget,
)
from webnet_core.plugins.markers import Extension, decides, guards, notifies, registers

if TYPE_CHECKING:
    from webnet_core.inventory.models import Device
    from webnet_core.jobs.execution import ShardRun


@registers(Settings, key="key")
def webnet_register_settings() -> Iterable[Settings]:  # type: ignore[empty-body]
    """Declare your own section of `WEBNET`.

    When: once, at start, before every other register hook, so that those may read it.

    Returns:
        One `Settings`; its key is your plugin's name in capitals, its model derives from `SettingsSection`.

    Example::

        @hookimpl
        def webnet_register_settings():
            return [Settings(key="ACME", model=AcmeSettings)]

    .. versionadded:: 0.1
    """


@registers(Platform, key="slug", bare=True, extension=Extension(type=PlatformExtension, apply=extend))
def webnet_register_platforms() -> Iterable[Platform | PlatformExtension]:  # type: ignore[empty-body]
    """Add network operating systems, or lines and names to one that another plugin ships.

    When: once, at start.

    Returns:
        `Platform` items, unique by slug over all plugins, and `PlatformExtension` items for slugs that exist.

    Example::

        @hookimpl
        def webnet_register_platforms():
            return [PlatformExtension(slug="cisco_ios", volatile=[r"^! Polled at "])]

    .. versionadded:: 0.1
    """


@registers(TaskSpec, key="name")
def webnet_register_tasks() -> Iterable[TaskSpec[Any]]:  # type: ignore[empty-body]
    """Add things that run on devices.

    When: once, at start.

    Returns:
        `TaskSpec` items named ``<plugin>.<name>``.

    Example::

        @hookimpl
        def webnet_register_tasks():
            return [TaskSpec(name="acme.uptime", title="Read uptime", run=read_uptime, needs={"run_commands"})]

    .. versionadded:: 0.1
    """


@registers(NavItem, Tab, Panel, Widget, key="key")
def webnet_register_ui() -> Iterable[UIItem]:  # type: ignore[empty-body]
    """Add entries of the navigation, tabs and panels of an object's page, and cards of the dashboard.

    When: once, at start; nothing is rendered where webnet-ui is not installed.

    Returns:
        `NavItem`, `Tab`, `Panel` or `Widget` items with keys ``<plugin>.<name>``, shown by (weight, key).

    Example::

        @hookimpl
        def webnet_register_ui():
            return [Panel(key="acme.rack", label="Rack", on="webnet_core.device", template="acme/rack.html")]

    .. versionadded:: 0.1
    """


@registers(Topic, key="key")
def webnet_register_topics() -> Iterable[Topic]:  # type: ignore[empty-body]
    """Add families of live topics that pages may watch.

    When: once, at start.

    Returns:
        `Topic` items: a pattern, who may watch, and how to read on after a position.

    Example::

        @hookimpl
        def webnet_register_topics():
            return [
                Topic(key="acme.poll", pattern=r"acme-poll:(?P<id>\\d+)", may_watch=may_watch, read_after=read_after)
            ]

    .. versionadded:: 0.1
    """


@registers(TickStep, key="key")
def webnet_register_tick_steps() -> Iterable[TickStep]:  # type: ignore[empty-body]
    """Add work that is due from time to time.

    When: once, at start; each step then runs at every tick, by (weight, key), on any of several machines at once. So a
    step starts with a compare-and-set in the database and may be run twice without harm.

    Returns:
        `TickStep` items.

    Example::

        @hookimpl
        def webnet_register_tick_steps():
            return [TickStep(key="acme.expire", run=expire_old_polls)]

    .. versionadded:: 0.1
    """


@registers(HealthCheck, key="key")
def webnet_register_health_checks() -> Iterable[HealthCheck]:  # type: ignore[empty-body]
    """Add something to what ``/health/ready`` asks.

    When: once, at start. The checks run in the server's process, at most every two seconds; an exception of one is
    logged and counts as a failed check.

    Returns:
        `HealthCheck` items.

    Example::

        @hookimpl
        def webnet_register_health_checks():
            return [HealthCheck(key="acme.licence", label="Acme licence", run=check_licence, needed=False)]

    .. versionadded:: 0.1
    """


@registers(SecretBackend, key="key")
def webnet_register_secret_backends() -> Iterable[SecretBackend]:  # type: ignore[empty-body]
    """Add places where secrets of credentials are kept.

    When: once, at start. A backend's `fetch` is called when a run admits the first device of a credential, once a
    credential and shard, and given up after ``SECRET_BACKENDS["SECONDS"]``.

    Returns:
        `SecretBackend` items with keys ``<plugin>.<name>``. A reference is what a customer's admin typed: whatever it
        says, `fetch` gives out only what belongs to the customer of the request.

    Example::

        @hookimpl
        def webnet_register_secret_backends():
            return [SecretBackend(key="acme.safe", label="ACME safe", fetch=read_safe, pattern=r"[a-z0-9-]+")]

    .. versionadded:: 0.1
    """


@registers(EventType, key="key")
def webnet_register_event_types() -> Iterable[EventType]:  # type: ignore[empty-body]
    """Add kinds of event that people and programs may ask to be told of.

    When: once, at start. Only events of a registered class reach webhooks and notification rules; `webnet_event` hears
    of all. Emit them with `webnet_core.plugin.emit`, inside the transaction in which the thing happens.

    Returns:
        `EventType` items with keys ``<plugin>.<name>``. An event whose `describe` or `payload` raises is logged and
        told to nobody; what emitted it goes on.

    Example::

        @hookimpl
        def webnet_register_event_types():
            return [EventType(key="acme.rack_full", label="Rack full", type=RackFull)]

    .. versionadded:: 0.1
    """


@registers(Channel, key="key")
def webnet_register_channels() -> Iterable[Channel]:  # type: ignore[empty-body]
    """Add ways to tell people or programs.

    When: once, at start. A channel's `send` is called in a thread of its own, outside every job and transaction; what
    it raises is a failed try, which is repeated later and later. At most two messages of a channel are sent at a time.

    Returns:
        `Channel` items with keys ``<plugin>.<name>``.

    Example::

        @hookimpl
        def webnet_register_channels():
            return [Channel(key="acme.pager", label="Pager", send=page, check=pager_number, hint="Ten digits.")]

    .. versionadded:: 0.1
    """


@decides
def webnet_execute_shard(run: ShardRun) -> bool | None:
    """Run a task of scope ``host`` on the devices of one shard.

    When: a worker has claimed the shard; called in the shard's control thread, the only one that may use the database.

    Args:
        run: Job, shard, task, parameters, the hosts that still wait, and the writer that takes their outcomes.

    Returns:
        True when every host of the run has its final state or was handed back after a cancel; None to leave the shard
        to the next plugin.

    Raises:
        ClaimLost: Another worker has taken the shard over; let it pass.

    Example::

        @hookimpl
        def webnet_execute_shard(run):
            if run.spec.category != "acme":
                return None
            return run_on_controller(run)

    .. versionadded:: 0.1
    """


@decides
def webnet_plan_targets(
    task: TaskSpec[Any], devices: Sequence[Device], options: Mapping[str, Any]
) -> Mapping[int, PlanRow] | None:
    """Say for each device how a task would reach it, without touching it.

    When: a plan is asked for; the same answer governs the run.

    Args:
        task: What would run.
        devices: The devices, with platform, site and credential loaded.
        options: What the user chose: driver, workers, deadline.

    Returns:
        A `PlanRow` for every device by its id, or None to leave planning to the next plugin.

    Example::

        @hookimpl
        def webnet_plan_targets(task, devices):
            if task.category == "acme":
                return {one.pk: PlanRow(device_id=one.pk, driver="acme", reason="controller") for one in devices}

    .. versionadded:: 0.1
    """


@guards
def webnet_check_submission(draft: Draft, user: Any) -> Iterable[Veto] | Veto | None:
    """Object to a job before it exists.

    When: in the transaction that would store the job. An exception is a veto.

    Args:
        draft: Task, risk, devices, parameters and options; holds no secrets.
        user: Who submits.

    Returns:
        Nothing where you have no objection; else one `Veto` or several. One without `device_ids` stops the whole job.

    Example::

        @hookimpl
        def webnet_check_submission(draft):
            if draft.risk != "read" and freeze_is_on():
                return Veto(code="acme.freeze", message="No changes until Monday.")

    .. versionadded:: 0.1
    """


@notifies
def webnet_event(event: Any) -> None:
    """Hear what happened: a `JobOutcome` when a job has ended, a `HostUnreachable` when a device is lost, and so on.

    When: after the transaction has been committed, in the process where it happened. Be quick, or hand over to a thread
    of your own. An exception is logged and counted, and reaches nobody else.

    Args:
        event: An `Event`; look at its type first, for more will come.

    Example::

        @hookimpl
        def webnet_event(event):
            if isinstance(event, JobOutcome) and event.status is JobStatus.FAILED:
                page_somebody(event.job_id)

    .. versionadded:: 0.1
    """
