"""From what a task returned to one Outcome per host."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from nornir.core.task import MultiResult, Result
from pydantic import BaseModel

from webnet_core.exceptions import WebnetError
from webnet_core.inventory.hostkeys import fingerprint
from webnet_core.plugins.items import JSON, ErrorCategory, HostStatus, Outcome
from webnet_nornir.categories import categorise, innermost, status_of
from webnet_nornir.context import HostContext
from webnet_nornir.exceptions import CliRejected


class NornirResultProcessor:
    """Makes every way a Nornir task can end the same: an `Outcome`."""

    def outcome(self, results: MultiResult, context: HostContext | None = None) -> Outcome:
        """Return the outcome of one host's results; what `TaskDispatcher` made already is passed on."""
        first = results[0]
        if isinstance(first.result, Outcome):
            return first.result
        if first.exception is not None:
            return self.failed(first.exception, context)
        return self.returned(first, context)

    def returned(self, value: Any, context: HostContext | None = None) -> Outcome:
        """Return the outcome of a task that returned `value`: an Outcome, a Result or anything else."""
        if isinstance(value, Outcome):
            return self._signed(value, context)
        if isinstance(value, MultiResult):
            return self.outcome(value, context)
        if isinstance(value, Result):
            if value.exception is not None:
                return self.failed(value.exception, context)
            return self._signed(self._from_result(value), context)
        text, data = _split(value)
        return self._signed(Outcome(status=HostStatus.OK, text=text, data=data), context)

    def failed(self, error: BaseException, context: HostContext | None = None) -> Outcome:
        """Return the outcome of a task that raised `error`."""
        category, message = categorise(_explained(error, context))
        sending = context is not None and context.sending
        outputs = error.outputs if isinstance(error, CliRejected) else {}
        text, data = _split(outputs) if outputs else ("", shown_key(error))
        status = status_of(category, sending=sending)
        if status is HostStatus.UNKNOWN:
            message = f"{message} The change may or may not have landed; look at the device."
        changed = sending and category is ErrorCategory.CLI_ERROR and not getattr(innermost(error), "undone", False)
        outcome = Outcome(status=status, changed=changed, text=text, data=data, message=message, error=category)
        return self._signed(outcome, context)

    def _from_result(self, result: Result) -> Outcome:
        if isinstance(result.result, Outcome):
            return result.result
        text, data = _split(result.result)
        if result.failed:
            return Outcome(
                status=HostStatus.FAILED,
                text=text,
                data=data,
                message=text or "The task reported a failure without saying which.",
                error=ErrorCategory.TASK_ERROR,
            )
        status = HostStatus.CHANGED if result.changed else HostStatus.OK
        return Outcome(status=status, changed=result.changed, text=text, data=data, diff=result.diff or "")

    def _signed(self, outcome: Outcome, context: HostContext | None) -> Outcome:
        if context is None:
            return outcome
        return dataclasses.replace(
            outcome,
            driver=outcome.driver or context.used_driver,
            attempts=tuple(outcome.attempts) or tuple(context.attempts),
            opened_by=outcome.opened_by or context.opened_by,
        )


def shown_key(error: BaseException) -> Mapping[str, Any] | None:
    """Return the host key that a device showed and was refused for, for somebody to accept it by its fingerprint."""
    told = getattr(innermost(error), "data", {})
    if not isinstance(told, Mapping) or not {"key_type", "key"} <= set(told):
        return None
    return {
        "host_key": {"key_type": told["key_type"], "key": told["key"], "fingerprint": fingerprint(told["key"])},
    }


def _explained(error: BaseException, context: HostContext | None) -> BaseException:
    """Return what a library raised as its driver puts it, where a task let it through."""
    inner = innermost(error)
    driver = context.drivers.get(context.used_driver, None) if context is not None else None
    if driver is None or isinstance(inner, WebnetError) or not isinstance(inner, Exception):
        return error
    return driver.failure(inner)


def _split(value: Any) -> tuple[str, JSON]:
    """Return `value` as text for people and as data for programs."""
    if value is None:
        return "", None
    if isinstance(value, str):
        return value, None
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, Mapping) and value and all(isinstance(one, str) for one in value.values()):
        return joined_outputs(value), dict(value)
    data = json.loads(json.dumps(value, default=str))
    return (json.dumps(data, indent=2) if isinstance(data, (dict, list)) else str(data)), data


def joined_outputs(outputs: Mapping[str, str]) -> str:
    """Return outputs by command as one text: each command on a line, its output below, a blank line between."""
    parts: Sequence[str] = [f"{command}\n{output.rstrip()}" for command, output in outputs.items()]
    return "\n\n".join(parts) + "\n"
