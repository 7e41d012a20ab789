"""The outbox: deliveries are claimed, tried, tried again later, and in the end delivered or given up, with a reason."""

from __future__ import annotations

import logging
import secrets
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from webnet_core.access.permissions import require
from webnet_core.access.scope import can
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.events.matching import due_at
from webnet_core.events.messages import message_of
from webnet_core.events.models import MANAGE_RULES, MANAGE_WEBHOOKS, Delivery, DeliveryState, NotificationRule, Webhook
from webnet_core.events.types import Channel, DeliveryFailed, WebhookDisabled
from webnet_core.exceptions import Conflict
from webnet_core.plugins.registry import registry
from webnet_core.plugins.report import failures
from webnet_core.storable import clean_text

log = logging.getLogger(__name__)

GATHERED = 1000
TEST_EVENT = "webhook.test"
_LEASE_MARGIN = timedelta(seconds=120)
_FIRST_WAIT, _GROWTH, _LONGEST_WAIT = 10.0, 4, 6 * 3600.0
_RECEIVER_WAIT = 300.0
_ENDED = (DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.DROPPED)


class Dropped(Exception):
    """This delivery is not to be sent any more; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What became of one try."""

    state: DeliveryState
    explanation: str
    status: int | None = None
    milliseconds: int | None = None
    next_at: datetime | None = None


def claim(room: Mapping[str, int], share: int, most: int) -> list[Delivery]:
    """Take deliveries that are due: the oldest of each receiver to whom nothing is under way.

    Compare-and-set, so any number of processes may ask at once. One that a process took and never finished is due
    again when its lease is over.

    Arguments:
        room: how many more each channel may have under way in this process.
        share: the same for a channel that is not named.
        most: how many to take in all.
    """
    now = timezone.now()
    waiting = Delivery.objects.filter(state=DeliveryState.PENDING, next_at__lte=now)
    lost = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=now)
    if lost.exists():
        why = "The process that sent it ended meanwhile."
        again = {"claim": None, "attempts": F("attempts") + 1, "explanation": why}
        # One that ends its process each time is given up as well.
        lost.filter(attempts__gte=settings.CORE.DELIVERY_TRIES).update(**again, state=DeliveryState.DEAD)
        lost.update(**again, state=DeliveryState.PENDING, next_at=now)
    if most <= 0 or not waiting.exists():
        return []
    busy = Delivery.objects.filter(state=DeliveryState.SENDING).values("receiver")
    place = Window(RowNumber(), partition_by=F("receiver"), order_by=(F("next_at").asc(), F("created_at").asc()))
    first = waiting.exclude(receiver__in=busy).annotate(place=place).filter(place=1).order_by("next_at", "pk")
    left: dict[str, int] = dict(room)
    taken: list[Delivery] = []
    candidates: Iterable[Delivery] = first[: 4 * most]
    for row in candidates:
        if len(taken) < most and left.get(row.channel, share) > 0 and _take(row, now):
            left[row.channel] = left.get(row.channel, share) - 1
            taken.append(row)
    return taken


def _take(row: Delivery, now: datetime) -> bool:
    row.claim = uuid.uuid4()
    lease = now + timedelta(seconds=settings.CORE.WEBHOOK_SECONDS) + _LEASE_MARGIN
    mine = Delivery.objects.filter(pk=row.pk, state=DeliveryState.PENDING)
    return bool(mine.update(state=DeliveryState.SENDING, claim=row.claim, lease_until=lease))


def send(row: Delivery) -> Tried:
    """Try a claimed delivery once and store what became of it."""
    gathered = _gather(row)
    began = time.monotonic()
    try:
        _still_wanted(row)
        channel = _channel(row)
        status = channel.send(message_of(row, gathered))
        tried = Tried(state=DeliveryState.DELIVERED, explanation="Delivered.", status=status)
    except Dropped as reason:
        tried = Tried(state=DeliveryState.DROPPED, explanation=str(reason))
    except DeliveryFailed as error:
        tried = _failed(row, error.message, final=error.final, status=error.status)
    except Exception as error:
        log.exception("Channel %s failed.", row.channel)
        failures.add(_owner(row.channel), "webnet_register_channels")
        # What another error says may quote the receiver or the message; only its kind is told.
        tried = _failed(row, f"The channel failed with {type(error).__name__}.")
    elapsed = int((time.monotonic() - began) * 1000)
    return _settle(row, gathered, tried, elapsed)


def redeliver(user: Any, row: Delivery) -> Delivery:
    """Send a delivery that has ended once more, under its own id.

    Raises:
        PermissionDenied: it is no message of one's own, and the user may not edit webhooks or rules of the customer.
        Conflict: it is under way anyway, or its webhook is switched off.
    """
    if row.rule_id is None or not NotificationRule.objects.filter(pk=row.rule_id, user=user.pk).exists():
        require(user, MANAGE_WEBHOOKS if row.webhook_id else MANAGE_RULES, row.customer_id)
    if row.webhook_id and not Webhook.objects.filter(pk=row.webhook_id, enabled=True).exists():
        raise Conflict("Its webhook is switched off; switch it on first.")
    with transaction.atomic():
        again = {"state": DeliveryState.PENDING, "attempts": 0, "next_at": timezone.now(), "finished_at": None}
        moved = Delivery.objects.filter(pk=row.pk, state__in=_ENDED).update(**again, explanation="Sent again by hand.")
        if not moved:
            raise Conflict("It is on its way; wait for what becomes of it.")
        record(user, "deliveries.redeliver", row, data={"delivery": str(row.pk)})
    row.refresh_from_db()
    return row


def prune() -> int:
    """Remove deliveries that ended longer ago than ``DELIVERY_DAYS``; return how many."""
    before = timezone.now() - timedelta(days=settings.CORE.DELIVERY_DAYS)
    old = Delivery.objects.filter(created_at__lt=before, state__in=_ENDED)
    ids = list(old.order_by("created_at").values_list("pk", flat=True)[:5000])
    return Delivery.objects.filter(pk__in=ids).delete()[0] if ids else 0


def _gather(row: Delivery) -> list[Delivery]:
    """Take what else waits for the same reader under a rule with an interval; it goes into the same message."""
    rule = NotificationRule.objects.filter(pk=row.rule_id).first() if row.rule_id is not None else None
    if rule is None or not rule.interval:
        return []
    same = Delivery.objects.filter(
        rule_id=rule.pk, customer=row.customer_id, receiver=row.receiver, target=row.target, state=DeliveryState.PENDING
    )
    ids = list(same.order_by("created_at", "pk").values_list("pk", flat=True)[:GATHERED])
    same.filter(pk__in=ids).update(state=DeliveryState.SENDING, claim=row.claim, lease_until=row.lease_until)
    mine = Delivery.objects.filter(claim=row.claim, state=DeliveryState.SENDING).exclude(pk=row.pk)
    return list(mine.order_by("created_at", "pk"))


def _still_wanted(row: Delivery) -> None:
    if row.webhook_id is not None:
        webhook = Webhook.objects.filter(pk=row.webhook_id, customer=row.customer_id).first()
        if webhook is None:
            raise Dropped("The webhook was removed.")
        if not webhook.enabled and row.event != TEST_EVENT:
            raise Dropped("The webhook is switched off.")
    if row.rule_id is None:
        return
    rule = NotificationRule.objects.select_related("user").filter(pk=row.rule_id).first()
    if rule is None:
        raise Dropped("The rule was removed.")
    if not rule.enabled:
        raise Dropped("The rule is switched off.")
    if rule.user is not None and not can(rule.user, "view", row.customer_id):
        raise Dropped("The rule's owner may not see this customer any more.")


def _channel(row: Delivery) -> Channel:
    known = registry("channels")
    if row.channel not in known:
        raise DeliveryFailed(f"No installed plugin brings the channel {row.channel}.")
    found: Channel = known[row.channel]
    return found


def _owner(channel: str) -> str:
    known = registry("channels")
    return known.owner(channel) if channel in known else ""


def _failed(row: Delivery, why: str, *, final: bool = False, status: int | None = None) -> Tried:
    tries = row.attempts + 1
    if final or tries >= settings.CORE.DELIVERY_TRIES:
        given_up = why if final else f"{why} Given up after {tries} tries."
        return Tried(state=DeliveryState.DEAD, explanation=given_up, status=status)
    return Tried(state=DeliveryState.PENDING, explanation=why, status=status, next_at=later(tries))


def later(tries: int) -> datetime:
    """Return when to try again after so many tries: longer each time, and never the same for two."""
    wait = min(_FIRST_WAIT * _GROWTH ** (tries - 1), _LONGEST_WAIT)
    return timezone.now() + timedelta(seconds=wait * (80 + secrets.randbelow(41)) / 100)


def _settle(row: Delivery, gathered: Sequence[Delivery], tried: Tried, elapsed: int) -> Tried:
    ended = tried.state is not DeliveryState.PENDING
    columns: dict[str, Any] = {
        "state": tried.state,
        "claim": None,
        "lease_until": None,
        "explanation": clean_text(tried.explanation, 300),
        "finished_at": timezone.now() if ended else None,
        **({"next_at": tried.next_at} if tried.next_at else {}),
    }
    about = {"attempts": F("attempts") + 1, "status_code": tried.status, "duration_ms": elapsed}
    held = Delivery.objects.filter(claim=row.claim, state=DeliveryState.SENDING)
    with transaction.atomic():
        if not held.filter(pk=row.pk).update(**columns, **about):
            return tried  # taken away: the lease was over
        if gathered:
            together = f"Told together with {row.pk}." if tried.state is DeliveryState.DELIVERED else tried.explanation
            held.update(**{**columns, "explanation": clean_text(together, 300)}, **about)
        if tried.state is DeliveryState.DELIVERED and row.rule_id is not None:
            NotificationRule.objects.filter(pk=row.rule_id).update(last_sent_at=timezone.now())
            _hold_back(row.rule_id)
        if tried.state in (DeliveryState.PENDING, DeliveryState.DEAD):
            _rest(row, tried)
        if row.webhook_id is not None and tried.state is not DeliveryState.DROPPED:
            _count(row.webhook_id, tried)
    return tried


def _hold_back(rule_id: int) -> None:
    """What came in while a rule with an interval was sending waits for the interval to be over."""
    rule = NotificationRule.objects.filter(pk=rule_id).first()
    if rule is not None and rule.interval:
        waiting = Delivery.objects.filter(rule_id=rule.pk, state=DeliveryState.PENDING, attempts=0)
        waiting.filter(next_at__lt=due_at(rule)).update(next_at=due_at(rule))


def _rest(row: Delivery, tried: Tried) -> None:
    """Leave a receiver that failed alone for a while: what else waits for it would only fail as well.

    Of mail, that is one reader: an address that no server takes keeps nobody else's mail back.
    """
    wait = tried.next_at - timezone.now() if tried.next_at else timedelta(seconds=_FIRST_WAIT)
    until = timezone.now() + min(wait, timedelta(seconds=_RECEIVER_WAIT))
    waiting = Delivery.objects.filter(receiver=row.receiver, target=row.target, state=DeliveryState.PENDING)
    waiting.filter(next_at__lt=until).update(next_at=until)


def _count(webhook_id: int, tried: Tried) -> None:
    """Count a webhook's failures in a row; too many switch it off."""
    now, rows = timezone.now(), Webhook.objects.filter(pk=webhook_id)
    told = clean_text(tried.explanation, 300)
    if tried.state is DeliveryState.DELIVERED:
        rows.update(failures=0, last_success_at=now, last_explanation=told)
        return
    rows.update(failures=F("failures") + 1, last_failure_at=now, last_explanation=told)
    reason = f"Switched off after {settings.CORE.WEBHOOK_FAILURES} failures in a row."
    if rows.filter(enabled=True, failures__gte=settings.CORE.WEBHOOK_FAILURES).update(
        enabled=False, disabled_reason=reason
    ):
        webhook = rows.get()
        record(None, "webhooks.disable", webhook, data={"reason": reason})
        waiting = Delivery.objects.filter(webhook=webhook_id, state=DeliveryState.PENDING)
        waiting.update(state=DeliveryState.DEAD, explanation=reason, finished_at=now)
        _tell(webhook, reason)


def _tell(webhook: Webhook, reason: str) -> None:
    from webnet_core.events.emit import emit  # noqa: PLC0415 - it wakes who sends, who is above this module

    emit(WebhookDisabled(customer_id=webhook.customer_id, webhook_id=webhook.pk, name=webhook.name, reason=reason))
