"""A task that logs a lot, and a task of risk `change` that passes every checkpoint."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from nornir.core.task import Result, Task
from pydantic import BaseModel, ConfigDict

from webnet_core.plugin import Phase, TaskSpec, hookimpl
from webnet_nornir.plugin import checkpoint, log, perform


class ChatterParams(BaseModel):
    """How many lines each host logs."""

    model_config = ConfigDict(extra="forbid")

    lines: int = 100


class DescribeParams(BaseModel):
    """Which lines to configure, and how long to dawdle between the phases (seconds)."""

    model_config = ConfigDict(extra="forbid")

    lines: list[str]
    pause: float = 0.0


def chatter(task: Task, lines: int) -> Result:
    """Contact the device once, then log `lines` lines."""
    perform(task, "run_commands", commands=["show clock"])
    for number in range(lines):
        log(task, f"line {number}")
    return Result(host=task.host, result="done")


def describe(task: Task, lines: list[str], pause: float) -> Result:
    """Read, save, send, check, confirm."""
    perform(task, "get_config")
    checkpoint(task, Phase.SAVED)
    time.sleep(pause)
    checkpoint(task, Phase.SENDING)
    perform(task, "configure", lines=lines)
    checkpoint(task, Phase.APPLIED)
    time.sleep(pause)
    checkpoint(task, Phase.CHECKED)
    checkpoint(task, Phase.CONFIRMED)
    return Result(host=task.host, changed=True, result="\n".join(lines))


@hookimpl
def webnet_register_tasks() -> Iterable[TaskSpec[Any]]:
    """Both tasks."""
    return [
        TaskSpec(
            name="testapp.chatter",
            title="Chatter",
            run=chatter,
            params=ChatterParams,
            needs=frozenset({"run_commands"}),
            deadline=timedelta(minutes=2),
        ),
        TaskSpec(
            name="testapp.describe",
            title="Configure lines with checkpoints",
            run=describe,
            params=DescribeParams,
            risk="change",
            needs=frozenset({"get_config", "configure"}),
            deadline=timedelta(minutes=2),
        ),
    ]
