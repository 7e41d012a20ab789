"""Tasks about a device's configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal

from nornir.core.task import Task
from pydantic import BaseModel, ConfigDict, Field

from webnet_core.plugins.items import HostStatus, Outcome, TaskSpec
from webnet_nornir.perform import perform


class GetConfigParams(BaseModel):
    """Parameters of `get_config`."""

    model_config = ConfigDict(extra="forbid")

    which: Literal["running", "startup"] = Field("running", title="Configuration", description="Which one to read.")


def get_config(task: Task, which: str = "running") -> Outcome:
    """Read a whole configuration; one that ends too early is refused."""
    return Outcome(status=HostStatus.OK, text=perform(task, "get_config", which=which))


TASKS: Final[tuple[TaskSpec[Any], ...]] = (
    TaskSpec(
        name="get_config",
        title="Read configuration",
        description="Reads a configuration and shows it; to keep it, back it up.",
        category="configuration",
        run=get_config,
        params=GetConfigParams,
        needs=frozenset({"get_config"}),
        deadline=timedelta(minutes=5),
    ),
)
