"""What webnet-nornir registers and answers, through the same hooks as everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from webnet_core.plugins.items import HealthCheck, PlanRow, Settings, TaskSpec
from webnet_core.plugins.markers import hookimpl
from webnet_nornir import execute, health, planning
from webnet_nornir.conf import NornirSettings
from webnet_nornir.drivers.base import Driver
from webnet_nornir.drivers.napalm.driver import NapalmDriver
from webnet_nornir.drivers.netmiko.driver import NetmikoDriver
from webnet_nornir.drivers.scrapli.driver import ScrapliDriver
from webnet_nornir.tasks import TASKS

if TYPE_CHECKING:
    from webnet_core.inventory.models import Device
    from webnet_core.jobs.execution import ShardRun


@hookimpl
def webnet_register_settings() -> Iterable[Settings]:
    """The section NORNIR."""
    return [Settings(key="NORNIR", model=NornirSettings)]


@hookimpl
def webnet_register_drivers() -> Iterable[Driver]:
    """The drivers webnet ships."""
    return [NetmikoDriver(), ScrapliDriver(), NapalmDriver()]


@hookimpl
def webnet_register_tasks() -> Iterable[TaskSpec[Any]]:
    """The tasks webnet-nornir ships."""
    return TASKS


@hookimpl
def webnet_register_health_checks() -> Iterable[HealthCheck]:
    """Whether there is a driver for every platform in use."""
    return health.checks()


@hookimpl(trylast=True)
def webnet_plan_targets(
    task: TaskSpec[Any], devices: Sequence[Device], options: Mapping[str, Any]
) -> Mapping[int, PlanRow] | None:
    """Which driver each device would use, and why."""
    return planning.plan_targets(task, devices, options) if task.scope == "host" else None


@hookimpl(trylast=True)
def webnet_execute_shard(run: ShardRun) -> bool | None:
    """Run the shard's hosts through Nornir."""
    return execute.execute_shard(run) if run.spec.scope == "host" else None
