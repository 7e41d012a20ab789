"""The catalogue of tasks: what can run, with which parameters, for whom."""

from __future__ import annotations

from typing import Any

from webnet_core.access.scope import can
from webnet_core.exceptions import InvalidInput, UnknownKey
from webnet_core.plugins.items import JSON, TaskSpec
from webnet_core.plugins.registry import registry


def get_task(name: str) -> TaskSpec[Any]:
    """Return the task of that name.

    Raises:
        InvalidInput: there is none; the message names the closest ones.
    """
    try:
        spec: TaskSpec[Any] = registry("tasks").get(name)
    except UnknownKey as error:
        raise InvalidInput.at("task", str(error), "unknown_task") from error
    return spec


def permission_of(spec: TaskSpec[Any]) -> str:
    """Return the action a user needs to run the task."""
    return spec.permission or "jobs.run"


def tasks_for(user: Any) -> list[TaskSpec[Any]]:
    """Return the tasks the user may run in at least one customer, by category and title."""
    found = [spec for spec in registry("tasks").values() if can(user, permission_of(spec))]
    return sorted(found, key=lambda spec: (spec.category, spec.title, spec.name))


def describe(spec: TaskSpec[Any]) -> dict[str, JSON]:
    """Return the task as the REST catalogue shows it, its parameters as JSON Schema."""
    return {
        "name": spec.name,
        "title": spec.title,
        "description": spec.description,
        "category": spec.category,
        "scope": spec.scope,
        "risk": spec.risk,
        "needs": sorted(spec.needs),
        "deadline": int(spec.deadline.total_seconds()),
        "permission": permission_of(spec),
        "parameters": spec.params.model_json_schema(),
    }
