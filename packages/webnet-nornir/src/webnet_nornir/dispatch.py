"""Runs one task on one host as often as its risk allows, and makes one Outcome of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from nornir.core.task import Result, Task
from pydantic import BaseModel

from webnet_core.plugins.items import Outcome, TaskSpec
from webnet_nornir.categories import TRANSIENT
from webnet_nornir.context import HostContext, context_of
from webnet_nornir.perform import log
from webnet_nornir.results import NornirResultProcessor

ATTEMPTS = 2
BACKOFF_SECONDS = 1.0


class TaskDispatcher:
    """The Nornir task that carries a TaskSpec: what it raises or returns becomes an `Outcome`.

    Reading tasks whose connection broke are tried again, a second later, while the deadline allows; a refused login, a
    wrong host key or anything after a byte that writes is not, nor what several drivers have tried in turn already.

    Args:
        spec: The task.
        params: Its validated parameters.
        attempts: How often a reading task runs at most.
        backoff: Seconds before the second attempt, doubled before each later one.
    """

    def __init__(
        self,
        spec: TaskSpec[Any],
        params: BaseModel,
        *,
        attempts: int = ATTEMPTS,
        backoff: float = BACKOFF_SECONDS,
    ) -> None:
        self.spec = spec
        self.arguments: Mapping[str, Any] = {name: getattr(params, name) for name in type(params).model_fields}
        self._attempts = attempts if spec.risk == "read" else 1
        self._backoff = backoff
        self._processor = NornirResultProcessor()
        self.__name__ = spec.name

    def __call__(self, task: Task) -> Result:
        """Run the task on the host of `task`."""
        context = context_of(task.host)
        outcome = self._once(task, context)
        for attempt in range(1, self._attempts):
            pause = self._backoff * 2 ** (attempt - 1)
            if not _worth_another(outcome, context, pause):
                break
            log(task, f"{outcome.message} Trying again in {pause:g} s.", "warning")
            time.sleep(pause)
            outcome = self._once(task, context)
        return Result(task.host, result=outcome, failed=outcome.error is not None, changed=outcome.changed)

    def _once(self, task: Task, context: HostContext) -> Outcome:
        try:
            returned = self.spec.run(task, **self.arguments)
        except Exception as error:  # noqa: BLE001 - a task is a plugin's: whatever it raises is its host's result
            return self._processor.failed(error, context)
        return self._processor.returned(returned, context)


def _worth_another(outcome: Outcome, context: HostContext, pause: float) -> bool:
    if outcome.error not in TRANSIENT or context.sending or context.wire.is_cut:
        return False
    if len({attempt.driver for attempt in context.attempts}) > 1:
        return False
    return context.remaining > pause + 1.0
