"""Making, changing, trying and removing webhooks, and the channel that serves them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from webnet_core.access.permissions import require
from webnet_core.access.stepup import require_repoint
from webnet_core.access.validation import refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.events import http
from webnet_core.events.deliveries import TEST_EVENT
from webnet_core.events.matching import WEBHOOK, receiver_of
from webnet_core.events.models import MANAGE_WEBHOOKS, Delivery, DeliveryState, NotificationRule, Webhook
from webnet_core.events.sending import courier
from webnet_core.events.signing import check_secret, headers_for, new_secret
from webnet_core.events.types import Channel, DeliveryFailed, Message
from webnet_core.exceptions import Conflict, CredentialUnreadable, FieldError, InvalidInput
from webnet_core.fields import Ciphertext
from webnet_core.moments import with_offset
from webnet_core.plugins.registry import registry

_NAMED = 5
EDITABLE = ("name", "url", "events", "enabled", "secret")


def create_webhook(user: Any, customer_id: int, values: Mapping[str, Any]) -> tuple[Webhook, str]:
    """Make a webhook.

    Arguments:
        values: any of `EDITABLE`; without a ``secret`` one is made.

    Returns:
        The webhook, and its secret, which nobody can read again.

    Raises:
        PermissionDenied: the user lacks ``webhooks.edit`` in the customer.
        InvalidInput: a field is wrong, or the URL leads where nothing may be sent.
    """
    require(user, MANAGE_WEBHOOKS, customer_id)
    secret = _checked(values).get("secret") or new_secret()
    with transaction.atomic():
        webhook = Webhook(customer_id=customer_id, **{**values, "secret": secret})
        save_valid(webhook)
        record(user, "webhooks.create", webhook, after=row_values(webhook, EDITABLE))
    return webhook, secret


def update_webhook(user: Any, webhook: Webhook, values: Mapping[str, Any]) -> Webhook:
    """Change a webhook; what is left out stays. Switching it on forgets its failures.

    Another URL is sent what the secret signs: either a new secret comes with it, or the password is entered again.

    Raises:
        PermissionDenied: the user lacks ``webhooks.edit`` in its customer.
        ReauthenticationRequired: the URL changes and the secret stays; see `stepup.require_repoint`.
        InvalidInput: a field is wrong, or the URL leads where nothing may be sent.
    """
    require(user, MANAGE_WEBHOOKS, webhook.customer_id)
    if values.get("secret", "some") == "":
        raise InvalidInput.at("secret", "A webhook has a secret: send another one, or rotate it.", "required")
    _checked(values)
    with transaction.atomic():
        fresh = Webhook.objects.select_for_update().get(pk=webhook.pk)
        changed = [name for name, value in values.items() if name == "secret" or getattr(fresh, name) != value]
        before = row_values(fresh, changed)
        proof = {}
        if "url" in changed and "secret" not in changed:
            proof = {"proof": require_repoint(user, fresh.customer_id)}
        for name in changed:
            setattr(fresh, name, values[name])
        _follow(fresh, changed)
        save_valid(fresh)
        if changed:
            record(user, "webhooks.update", fresh, before=before, after=row_values(fresh, changed), data=proof)
    return fresh


def delete_webhook(user: Any, webhook: Webhook) -> None:
    """Remove a webhook with its deliveries.

    Raises:
        PermissionDenied: the user lacks ``webhooks.edit`` in its customer.
        Conflict: notification rules send to it.
    """
    require(user, MANAGE_WEBHOOKS, webhook.customer_id)
    with transaction.atomic():
        _refuse_used(webhook)
        record(user, "webhooks.delete", webhook, before=row_values(webhook, EDITABLE))
        webhook.delete()


def rotate_secret(user: Any, webhook: Webhook) -> tuple[Webhook, str]:
    """Give a webhook a new secret; the old one signs as well for ``WEBHOOK_ROTATION_SECONDS``.

    Returns:
        The webhook, and the new secret, which nobody can read again.

    Raises:
        PermissionDenied: the user lacks ``webhooks.edit`` in its customer.
    """
    require(user, MANAGE_WEBHOOKS, webhook.customer_id)
    secret = new_secret()
    with transaction.atomic():
        fresh = Webhook.objects.select_for_update().get(pk=webhook.pk)
        fresh.previous_secret, fresh.secret = fresh.secret, secret
        fresh.previous_until = timezone.now() + timedelta(seconds=settings.CORE.WEBHOOK_ROTATION_SECONDS)
        save_valid(fresh)
        record(user, "webhooks.rotate", fresh)
    return fresh, secret


def try_webhook(user: Any, webhook: Webhook) -> Delivery:
    """Send a webhook something to try it, also one that is switched off; look at the delivery for what became of it.

    Raises:
        PermissionDenied: the user lacks ``webhooks.edit`` in its customer.
    """
    require(user, MANAGE_WEBHOOKS, webhook.customer_id)
    summary = "This is a test."
    payload = {
        "event": TEST_EVENT,
        "at": with_offset(timezone.now()).isoformat(),
        "severity": "info",
        "customer_id": webhook.customer_id,
        "summary": summary,
        "data": {"webhook": webhook.name},
    }
    with transaction.atomic():
        row = Delivery.objects.create(
            customer_id=webhook.customer_id,
            webhook=webhook,
            event=TEST_EVENT,
            summary=summary,
            payload=payload,
            channel=WEBHOOK,
            target=str(webhook.pk),
            receiver=receiver_of(WEBHOOK, str(webhook.pk)),
        )
        record(user, "webhooks.test", webhook, data={"delivery": str(row.pk)})
        transaction.on_commit(courier.wake, robust=True)
    return row


def check_events(keys: Iterable[str]) -> list[FieldError]:
    """Return what is wrong with the kinds of event that somebody named."""
    known = registry("event_types")
    return [
        FieldError(path=f"events.{place}", message=f"There is no kind of event {key!r}.", code="unknown_event")
        for place, key in enumerate(keys)
        if key not in known
    ]


def send(message: Message) -> int:
    """Send one signed POST and return the status of the answer.

    Raises:
        DeliveryFailed: the receiver did not take it.
    """
    webhook = Webhook.objects.filter(pk=int(message.target)).first()
    if webhook is None:
        raise DeliveryFailed("The webhook was removed.", final=True)
    body = json.dumps(message.body, separators=(",", ":"), ensure_ascii=False).encode()
    try:
        signed = headers_for(message.delivery_id, int(time.time()), body, _keys(webhook))
    except CredentialUnreadable as error:
        raise DeliveryFailed("The webhook's secret cannot be read; rotate it.") from error
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "webnet",
        "X-Webnet-Event": message.event,
        **signed,
    }
    return http.post(webhook.url, body, headers, seconds=message.seconds)


def _keys(webhook: Webhook) -> list[str]:
    keys = [webhook.secret]
    if webhook.previous_secret and webhook.previous_until and webhook.previous_until > timezone.now():
        keys.append(webhook.previous_secret)
    return [key.reveal() if isinstance(key, Ciphertext) else key for key in keys]


def _checked(values: Mapping[str, Any]) -> Mapping[str, Any]:
    refuse_unknown(values, EDITABLE)
    problems = check_events(values.get("events", ()))
    if "events" in values and not values["events"]:
        problems.append(FieldError(path="events", message="Name at least one kind of event.", code="required"))
    for name, check in (("url", http.check), ("secret", check_secret)):
        if values.get(name):
            try:
                check(values[name])
            except ValueError as error:
                problems.append(FieldError(path=name, message=str(error), code=name))
    if problems:
        raise InvalidInput(errors=problems)
    return values


def _follow(webhook: Webhook, changed: Iterable[str]) -> None:
    """Do what else a change means."""
    if "secret" in changed:
        webhook.previous_secret, webhook.previous_until = "", None
    if "enabled" in changed and webhook.enabled:
        webhook.failures, webhook.disabled_reason = 0, ""
    if "enabled" in changed and not webhook.enabled:
        waiting = Delivery.objects.filter(webhook=webhook.pk, state=DeliveryState.PENDING)
        waiting.update(state=DeliveryState.DROPPED, explanation="The webhook is switched off.")


def _refuse_used(webhook: Webhook) -> None:
    rules = NotificationRule.objects.filter(channel=WEBHOOK, target=str(webhook.pk), customer=webhook.customer_id)
    used_by = [{"type": rule._meta.label_lower, "id": rule.pk, "name": rule.name} for rule in rules[:_NAMED]]
    if used_by:
        names = ", ".join(str(item["name"]) for item in used_by)
        raise Conflict(f"Webhook {webhook} is used by notification rules: {names}.", used_by=used_by)


def _no_target(target: str) -> str:
    if not (target.isascii() and target.isdecimal()) or len(target) > 18:
        raise ValueError("The target is the id of a webhook.")
    return str(int(target))


CHANNEL = Channel(key=WEBHOOK, label="Webhook", send=send, check=_no_target, hint="The id of a webhook.")
