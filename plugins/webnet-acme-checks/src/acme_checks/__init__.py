"""Checks of Acme's operators, each a task that reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nornir.core.task import Result, Task
from pydantic import BaseModel, ConfigDict, Field

from webnet_core.plugin import TaskSpec, hookimpl
from webnet_nornir.plugin import perform


class InterfaceParams(BaseModel):
    """Which interface is looked at."""

    model_config = ConfigDict(extra="forbid")

    interface: str = Field("Loopback0", title="Interface", pattern=r"^[\w/.-]+$")


def interface_up(task: Task, interface: str) -> Result:
    """Fail the host where the interface has no link."""
    command = f"show interfaces {interface}"
    answer = perform(task, "run_commands", commands=[command])[command]
    up = "line protocol is up" in answer
    return Result(host=task.host, failed=not up, result=f"{interface} is {'up' if up else 'not up'}.")


@hookimpl
def webnet_register_tasks() -> Iterable[TaskSpec[Any]]:
    """One task, of risk `read` as all are that say nothing else."""
    return [
        TaskSpec(
            name="acme-checks.interface_up",
            title="Check that an interface is up",
            run=interface_up,
            params=InterfaceParams,
            needs=frozenset({"run_commands"}),
        )
    ]
