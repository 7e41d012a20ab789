"""Making, changing and removing notification rules: one's own, a customer's, and those that all share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from webnet_core.access.permissions import require
from webnet_core.access.scope import can
from webnet_core.access.validation import refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.events.matching import EMAIL, WEBHOOK
from webnet_core.events.models import MANAGE_RULES, NotificationRule, Webhook
from webnet_core.events.types import Channel
from webnet_core.events.webhooks import check_events
from webnet_core.exceptions import FieldError, InvalidInput, PermissionDenied
from webnet_core.inventory.models import DeviceGroup, Site
from webnet_core.plugins.registry import registry

EDITABLE = (
    "name",
    "events",
    "min_severity",
    "tasks",
    "sites",
    "groups",
    "channel",
    "target",
    "interval",
    "enabled",
)
# Seconds in which what happens is gathered into one e-mail unless a rule says otherwise: 300 devices are one message.
MAIL_INTERVAL = 60
OWN = "notifications.own"
SHARED = "notifications.share"


def create_rule(
    user: Any, customer_id: int | None, values: Mapping[str, Any], *, personal: bool = False
) -> NotificationRule:
    """Make a rule.

    Arguments:
        customer_id: None makes one that all customers share.
        values: any of `EDITABLE`; an ``interval`` of `MAIL_INTERVAL` seconds where an e-mail rule names none.
        personal: the rule is the user's own and sends to their own address.

    Raises:
        PermissionDenied: the user may not make such rules.
        InvalidInput: a field is wrong.
    """
    owner = user if personal else None
    rule = NotificationRule(customer_id=customer_id, user=owner)
    if values.get("channel") == EMAIL:
        values = {"interval": MAIL_INTERVAL, **values}
    _allow(user, rule)
    with transaction.atomic():
        _assign(rule, values)
        save_valid(rule)
        record(user, "rules.create", rule, customer_id=customer_id, after=row_values(rule, EDITABLE))
    return rule


def update_rule(user: Any, rule: NotificationRule, values: Mapping[str, Any]) -> NotificationRule:
    """Change a rule; what is left out stays, and whose it is stays always. See `create_rule` for what is refused."""
    _allow(user, rule)
    with transaction.atomic():
        fresh = NotificationRule.objects.select_for_update().get(pk=rule.pk)
        changed = [name for name, value in values.items() if getattr(fresh, name, None) != value]
        before = row_values(fresh, [name for name in changed if name in EDITABLE])
        _assign(fresh, values)
        save_valid(fresh)
        if changed:
            after = row_values(fresh, changed)
            record(user, "rules.update", fresh, customer_id=fresh.customer_id, before=before, after=after)
    return fresh


def delete_rule(user: Any, rule: NotificationRule) -> None:
    """Remove a rule with its deliveries.

    Raises:
        PermissionDenied: the user may not change it.
    """
    _allow(user, rule)
    with transaction.atomic():
        before = row_values(rule, EDITABLE)
        record(user, "rules.delete", rule, customer_id=rule.customer_id, before=before)
        rule.delete()


def _allow(user: Any, rule: NotificationRule) -> None:
    if rule.user_id is not None:
        if rule.user_id != user.pk:
            raise PermissionDenied("This is somebody else's own rule.")
        require(user, OWN, rule.customer_id)
    elif rule.customer_id is None:
        require(user, SHARED)
    else:
        require(user, MANAGE_RULES, rule.customer_id)


def _assign(rule: NotificationRule, values: Mapping[str, Any]) -> None:
    refuse_unknown(values, EDITABLE)
    for name, value in values.items():
        setattr(rule, name, value)
    problems = [
        *check_events(rule.events),
        *_wrong_tasks(rule),
        *_wrong_rows(rule, "site", Site),
        *_wrong_rows(rule, "group", DeviceGroup),
        *_wrong_target(rule),
    ]
    if problems:
        raise InvalidInput(errors=problems)


def _wrong_tasks(rule: NotificationRule) -> list[FieldError]:
    known = registry("tasks")
    return [
        FieldError(path=f"tasks.{place}", message=f"There is no task {name!r}.", code="unknown_task")
        for place, name in enumerate(rule.tasks)
        if name not in known
    ]


def _wrong_rows(rule: NotificationRule, name: str, model: type[Site | DeviceGroup]) -> list[FieldError]:
    """Return what is wrong with ids of rows of the rule's customer."""
    wanted: list[int] = getattr(rule, f"{name}s")
    if not wanted:
        return []
    if rule.customer_id is None:
        return [FieldError(path=f"{name}s", message=f"A shared rule names no {name}: each belongs to a customer.")]
    known = set(model.objects.filter(customer=rule.customer_id, pk__in=wanted).values_list("pk", flat=True))
    return [
        FieldError(path=f"{name}s.{place}", message=f"This customer has no {name} {pk}.", code=f"unknown_{name}")
        for place, pk in enumerate(wanted)
        if pk not in known
    ]


def _wrong_target(rule: NotificationRule) -> list[FieldError]:
    known = registry("channels")
    if rule.channel not in known:
        there = ", ".join(sorted(known))
        message = f"There is no channel {rule.channel!r}; there are {there}."
        return [FieldError(path="channel", message=message, code="unknown_channel")]
    if rule.user_id is not None:
        return _wrong_own_target(rule)
    channel: Channel = known[rule.channel]
    try:
        rule.target = channel.check(rule.target)
    except ValueError as error:
        hint = f" {channel.hint}" if channel.hint else ""
        return [FieldError(path="target", message=f"{error}{hint}", code="target")]
    if rule.channel == WEBHOOK and not _has_webhook(rule):
        return [FieldError(path="target", message=f"This customer has no webhook {rule.target}.", code="target")]
    return []


def _wrong_own_target(rule: NotificationRule) -> list[FieldError]:
    if rule.channel != EMAIL:
        return [FieldError(path="channel", message="A rule of your own tells you by e-mail.", code="channel")]
    if rule.target:
        return [FieldError(path="target", message="A rule of your own sends to your own address.", code="target")]
    if rule.user is None or not getattr(rule.user, rule.user.get_email_field_name(), ""):
        return [FieldError(path="target", message="Your account has no e-mail address.", code="target")]
    return []


def _has_webhook(rule: NotificationRule) -> bool:
    if rule.customer_id is None:
        return False
    return Webhook.objects.filter(pk=int(rule.target), customer=rule.customer_id).exists()


def may_change(user: Any, rule: NotificationRule) -> bool:
    """Say whether the user may change a rule they see."""
    if rule.user_id is not None:
        return bool(rule.user_id == user.pk) and can(user, OWN, rule.customer_id)
    return can(user, SHARED) if rule.customer_id is None else can(user, MANAGE_RULES, rule.customer_id)
