"""What webnet-config runs on devices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from nornir.core.task import Task

from webnet_config.captures import CaptureOutcome, capture
from webnet_config.integrity import find_flaw
from webnet_config.snapshots import store_batch
from webnet_core.plugins.items import HostStatus, Outcome, TaskSpec
from webnet_nornir.context import context_of
from webnet_nornir.exceptions import IncompleteOutput
from webnet_nornir.perform import perform


def read_config(task: Task) -> Outcome:
    """Read the device's running configuration and check that it is whole.

    Raises:
        IncompleteOutput: The answer is empty, cut off or an error; nothing of it is kept.
    """
    context = context_of(task.host)
    text = perform(task, "get_config", which="running")
    if flaw := find_flaw(context.platform, text):
        raise IncompleteOutput(f"{flaw} It was not stored; the last good configuration stands.")
    found = capture(context.platform, context.device.customer_id, text)
    return CaptureOutcome(status=HostStatus.OK, capture=found)


BACKUP_CONFIG: TaskSpec[Any] = TaskSpec(
    name="backup_config",
    title="Back up configuration",
    description="Reads the running configuration and stores it where it differs from the last one.",
    category="configuration",
    run=read_config,
    needs=frozenset({"get_config"}),
    collect=store_batch,
    deadline=timedelta(minutes=5),
)
TASKS = (BACKUP_CONFIG,)
