"""What a run would do, host by host, and a signed token that says which run that was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone

from webnet_core.access.scope import can
from webnet_core.conf import settings
from webnet_core.exceptions import InvalidInput, PermissionDenied
from webnet_core.inventory.devices import disabled_text
from webnet_core.inventory.models import Device
from webnet_core.inventory.selections import digest, freeze, read_selection
from webnet_core.inventory.targets import ResolvedTargets, resolve
from webnet_core.jobs.catalogue import get_task, permission_of
from webnet_core.jobs.params import parse_options, parse_params
from webnet_core.plugins.calls import decide_or_none
from webnet_core.plugins.items import PlanRow, TaskSpec

_SALT = "webnet.run-plan"
_INLINE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlan:
    """Which hosts, which driver and why. `token` starts exactly this run until `expires_at`."""

    task: str
    risk: str
    customer_id: int
    rows: Sequence[PlanRow]
    hostnames: Mapping[int, str]
    token: str
    expires_at: datetime
    params: Mapping[str, Any]
    options: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """What a token says: the run it stands for."""

    task: str
    customer_id: int
    device_ids: Sequence[int]
    params: Mapping[str, Any]
    options: Mapping[str, Any]
    disabled: Sequence[int] = ()


def plan(
    user: Any,
    *,
    task: str,
    targets: Mapping[str, Any],
    params: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    customer_id: int | None = None,
) -> RunPlan:
    """Say what `task` would do on each target, without storing or contacting anything.

    Raises:
        InvalidInput: unknown task, bad parameters or targets.
        PermissionDenied: the user may not run this task anywhere.
    """
    spec = allowed_task(user, task)
    parsed = parse_params(spec, params).model_dump(mode="json")
    chosen = parse_options(options).model_dump(mode="json", exclude_none=True)
    found = resolve(user, targets, customer_id=customer_id, action=permission_of(spec))
    rows = plan_rows(spec, found, chosen)
    expires = timezone.now() + timedelta(seconds=settings.CORE.PLAN_TOKEN_SECONDS)
    frozen = Frozen(
        task=spec.name,
        customer_id=found.customer_id,
        device_ids=found.device_ids,
        params=parsed,
        options=chosen,
    )
    names = dict(Device.objects.filter(pk__in=[row.device_id for row in rows]).values_list("pk", "hostname"))
    return RunPlan(
        task=spec.name,
        risk=spec.risk,
        customer_id=found.customer_id,
        rows=rows,
        hostnames=names,
        token=_sign(user, frozen),
        expires_at=expires,
        params=parsed,
        options=chosen,
    )


def allowed_task(user: Any, name: str) -> TaskSpec[Any]:
    """Return the task if the user may run it somewhere.

    Raises:
        InvalidInput: there is no such task.
        PermissionDenied: the user lacks the action the task asks for.
    """
    spec = get_task(name)
    action = permission_of(spec)
    if not can(user, action):
        raise PermissionDenied(f"Running {name} needs the action '{action}', which your role does not have.")
    return spec


def plan_rows(spec: TaskSpec[Any], found: ResolvedTargets, options: Mapping[str, Any]) -> list[PlanRow]:
    """Ask the executor which driver each host would use; disabled devices are named as left out."""
    ids = [*found.device_ids, *found.disabled]
    devices = list(Device.objects.filter(pk__in=ids).select_related("site", "credential").order_by("hostname", "pk"))
    enabled = [device for device in devices if device.enabled]
    answer = decide_or_none("webnet_plan_targets", task=spec, devices=enabled, options=options)
    chosen: Mapping[int, PlanRow] = answer.value if answer is not None else {}
    return [chosen.get(device.pk) or _unplanned(device) for device in devices]


def open_token(user: Any, token: str) -> Frozen:
    """Return the run a token stands for.

    Raises:
        InvalidInput: the token was changed, has expired, or was made for somebody else.
    """
    try:
        body = signing.loads(token, salt=_SALT, max_age=timedelta(seconds=settings.CORE.PLAN_TOKEN_SECONDS))
    except signing.SignatureExpired as error:
        raise _bad_token("This plan has expired: plan again.") from error
    except signing.BadSignature as error:
        raise _bad_token("This is not a plan token of this site.") from error
    if body["user"] != str(user.pk):
        raise _bad_token("This plan was made by another user.")
    ids = body["ids"] if "ids" in body else read_selection(user, UUID(body["selection"]))
    if digest(ids) != body["digest"]:
        raise _bad_token("The devices of this plan have changed: plan again.")
    return Frozen(
        task=body["task"],
        customer_id=body["customer"],
        device_ids=ids,
        params=body["params"],
        options=body["options"],
    )


def _sign(user: Any, frozen: Frozen) -> str:
    ids = list(frozen.device_ids)
    body: dict[str, Any] = {
        "user": str(user.pk),
        "task": frozen.task,
        "customer": frozen.customer_id,
        "params": dict(frozen.params),
        "options": dict(frozen.options),
        "digest": digest(ids),
    }
    if len(ids) <= _INLINE:
        body["ids"] = ids
    else:
        body["selection"] = str(freeze(user, frozen.customer_id, ids).pk)
    return signing.dumps(body, salt=_SALT, compress=True)


def _unplanned(device: Device) -> PlanRow:
    if not device.enabled:
        return PlanRow(device_id=device.pk, driver=None, reason="", excluded=disabled_text(device))
    return PlanRow(device_id=device.pk, driver=None, reason="", excluded="no executor is installed")


def _bad_token(message: str) -> InvalidInput:
    return InvalidInput.at("token", message, "plan_token")
