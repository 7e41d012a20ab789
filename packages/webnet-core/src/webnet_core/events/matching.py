"""Which rules and webhooks an event is for, and the deliveries that come of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from webnet_core.access.models import Membership
from webnet_core.events.models import Delivery, NotificationRule, Webhook
from webnet_core.events.types import SEVERITIES, Event, EventType
from webnet_core.inventory.groups import inside
from webnet_core.inventory.models import DeviceGroup
from webnet_core.moments import with_offset
from webnet_core.plugins.registry import registry
from webnet_core.plugins.report import failures
from webnet_core.redact import current
from webnet_core.storable import clean_json, clean_text

log = logging.getLogger(__name__)

EMAIL, WEBHOOK = "email", "webhook"
PAYLOAD_LIMIT = 16 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An event ready to be told: its type, the keys it answers to, and what leaves the site."""

    event: Event
    type: EventType
    keys: frozenset[str]
    summary: str
    data: Any


def write_deliveries(events: Sequence[Event]) -> int:
    """Write a delivery for each event and each receiver that asked for it, in the caller's transaction.

    Two queries find the receivers, and one for every group that rules name; where nobody asked, there is no more.

    Returns:
        How many deliveries there are.
    """
    customers = {event.customer_id for event in events}
    webhooks = list(Webhook.objects.filter(customer__in=customers, enabled=True))
    rules = list(rules_in_force(customers))
    if not webhooks and not rules:
        return 0
    inside_groups = _inside_groups(events, rules)
    rows = [row for told in _ready(events) for row in _rows(told, webhooks, rules, inside_groups)]
    Delivery.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def rules_in_force(customers: Iterable[int]) -> QuerySet[NotificationRule]:
    """Return the rules that are on: of a personal one, only while its owner may still see the customer."""
    rows = NotificationRule.objects.filter(Q(customer__in=customers) | Q(customer=None), enabled=True)
    return rows.filter(Q(user=None) | _owner_sees())


def _owner_sees() -> Q:
    """The condition that a rule's owner may see its customer, with what the site's own user model has for it."""
    columns = {field.name for field in get_user_model()._meta.concrete_fields}
    belongs = Membership.objects.filter(Q(customer=OuterRef("customer")) | Q(customer=None), user=OuterRef("user"))
    sees = Q(Exists(belongs))
    if "is_superuser" in columns:
        sees |= Q(user__is_superuser=True)
    return sees & Q(user__is_active=True) if "is_active" in columns else sees


def body_of(told: Told) -> dict[str, Any]:
    """Return what programs get of an event; the delivery's id is added when it is sent."""
    return {
        "event": told.type.key,
        "at": with_offset(timezone.now()).isoformat(),
        "severity": told.event.weight,
        "customer_id": told.event.customer_id,
        "summary": told.summary,
        "data": told.data,
    }


def one_line(text: str) -> str:
    """Return a text without line ends, escapes and whatever else a terminal or a mail program would act upon."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def receiver_of(channel: str, target: str) -> str:
    """Return the name of what is sent to one message at a time: a webhook by itself, mail as a whole."""
    return channel if channel == EMAIL else f"{channel}:{target}"


def _ready(events: Sequence[Event]) -> Iterator[Told]:
    for event in events:
        types = _types_of(type(event))
        if not types:
            continue
        try:
            yield Told(
                event=event,
                type=types[0],
                keys=frozenset(item.key for item in types),
                summary=current().clean(clean_text(one_line(event.describe()), 300)),
                data=_bounded(current().clean_value(clean_json(event.payload()))),
            )
        except Exception:
            failures.add(registry("event_types").owner(types[0].key), "webnet_register_event_types")
            log.exception("An event %s could not be put into words.", types[0].key)


def _types_of(kind: type[Event]) -> list[EventType]:
    """Return the registered types of an event, its own first."""
    by_class = {item.type: item for item in registry("event_types").values()}
    return [by_class[base] for base in kind.__mro__ if base in by_class]


def _bounded(data: Any) -> Any:
    return data if len(str(data)) <= PAYLOAD_LIMIT else {"truncated": True}


def _inside_groups(events: Sequence[Event], rules: Iterable[NotificationRule]) -> Mapping[int, set[int]]:
    """Map each group that a rule names to those of the events' devices that are in it."""
    named = {pk for rule in rules for pk in rule.groups}
    if not named:
        return {}
    devices = frozenset().union(*(event.devices for event in events))
    return {group.pk: inside(group, devices) for group in DeviceGroup.objects.filter(pk__in=named)}


def _rows(
    told: Told,
    webhooks: Sequence[Webhook],
    rules: Sequence[NotificationRule],
    inside_groups: Mapping[int, set[int]],
) -> Iterator[Delivery]:
    reached: set[tuple[str, str]] = set()
    there = {str(webhook.pk) for webhook in webhooks if webhook.customer_id == told.event.customer_id}
    for webhook in webhooks:
        if webhook.customer_id == told.event.customer_id and not told.keys.isdisjoint(webhook.events):
            reached.add((WEBHOOK, str(webhook.pk)))
            yield _row(told, WEBHOOK, str(webhook.pk), webhook=webhook)
    for rule in rules:
        target = rule.target if rule.user_id is None else f"user:{rule.user_id}"
        if rule.channel == WEBHOOK and target not in there:
            continue  # removed, or switched off
        if fits(rule, told, inside_groups) and (rule.channel, target) not in reached:
            reached.add((rule.channel, target))
            yield _row(told, rule.channel, target, rule=rule)


def fits(rule: NotificationRule, told: Told, inside_groups: Mapping[int, set[int]]) -> bool:
    """Say whether a rule asks for an event.

    Arguments:
        inside_groups: by group, which devices are in it.
    """
    event = told.event
    members: set[int] = set().union(*(inside_groups.get(pk, set()) for pk in rule.groups))
    return (
        rule.customer_id in {None, event.customer_id}
        and (not rule.events or not told.keys.isdisjoint(rule.events))
        and SEVERITIES.index(event.weight) >= SEVERITIES.index(rule.min_severity)
        and (not rule.tasks or event.task_name in rule.tasks)
        and (not rule.sites or not event.site_ids.isdisjoint(rule.sites))
        and (not rule.groups or not event.devices.isdisjoint(members))
    )


def _row(told: Told, channel: str, target: str, **source: Any) -> Delivery:
    rule: NotificationRule | None = source.get("rule")
    row = Delivery(
        customer_id=told.event.customer_id,
        event=told.type.key,
        severity=told.event.weight,
        summary=told.summary,
        payload=body_of(told),
        channel=channel,
        target=target,
        receiver=receiver_of(channel, target),
        next_at=timezone.now() if rule is None else due_at(rule),
        **source,
    )
    if rule is not None and channel == WEBHOOK:
        row.webhook_id = int(target)
    return row


def due_at(rule: NotificationRule) -> datetime:
    """Return when a rule may send next: at once, or when its interval is over."""
    now = timezone.now()
    if not rule.interval or rule.last_sent_at is None:
        return now
    return max(now, rule.last_sent_at + timedelta(seconds=rule.interval))
