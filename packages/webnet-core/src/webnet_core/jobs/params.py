"""Parameters and options of a job, validated once, in the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from webnet_core.exceptions import FieldError, InvalidInput
from webnet_core.plugins.items import TaskSpec
from webnet_core.storable import find_unstorable

B = TypeVar("B", bound=BaseModel)


class RunOptions(BaseModel):
    """How a job runs, whatever its task. `deadline` is seconds per host, `workers` host threads a shard."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    driver: str | None = Field(default=None, max_length=60)
    workers: int | None = Field(default=None, ge=1, le=200)
    deadline: float | None = Field(default=None, gt=0, le=3600)


def parse_params(spec: TaskSpec[Any], raw: Mapping[str, Any] | None) -> BaseModel:
    """Validate a task's parameters.

    Raises:
        InvalidInput: one error for each wrong field, its path beginning with ``params``.
    """
    model: type[BaseModel] = spec.params
    return parse_model(model, raw, "params")


def parse_options(raw: Mapping[str, Any] | None) -> RunOptions:
    """Validate the options of a run.

    Raises:
        InvalidInput: one error for each wrong field, its path beginning with ``options``.
    """
    return parse_model(RunOptions, raw, "options")


def parse_model(model: type[B], raw: Any, at: str) -> B:
    """Validate `raw` as `model`, naming errors by their path under `at`."""
    if (found := find_unstorable(raw)) is not None:
        message = "holds a NUL or half a surrogate pair, which no device and no database takes"
        raise InvalidInput.at(".".join((at, *map(str, found))), message, "unstorable_text")
    try:
        return model.model_validate({} if raw is None else raw)
    except ValidationError as error:
        raise InvalidInput(
            errors=[_field_error(at, model, item) for item in error.errors(include_url=False)]
        ) from error


def _field_error(at: str, model: type[BaseModel], item: Mapping[str, Any]) -> FieldError:
    path = ".".join((at, *map(str, item["loc"])))
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden" and len(item["loc"]) == 1:
        names = sorted(model.model_fields)
        message = f"There is no such field; there are: {', '.join(names)}." if names else "Nothing can be set here."
    return FieldError(path=path, message=message, code=item["type"])
