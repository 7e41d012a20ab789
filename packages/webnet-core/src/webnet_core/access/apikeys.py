"""Keys that programs sign in with: shown once, kept as a digest, worth at most what their owner may do just then."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from webnet_core.access.models import ApiKey, Customer
from webnet_core.access.permissions import require, require_person
from webnet_core.access.roles import ACTIONS
from webnet_core.access.scope import Restriction, restrict
from webnet_core.access.stepup import REPOINT, require_proof
from webnet_core.access.tokens import TokenRefused, TokenUnknown
from webnet_core.access.validation import refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.exceptions import InvalidInput

START = "webnet_"
EDITABLE = ("name", "scopes", "expires_at", "customer_id")
_RECORDED = ("name", "prefix", "scopes", "customer", "expires_at")
_SECRET_BYTES = 32
_USE_NOTED_EVERY = timedelta(minutes=1)
_NOBODYS_DIGEST = hashlib.sha256(secrets.token_bytes(_SECRET_BYTES)).hexdigest()


def create_key(user: Any, values: Mapping[str, Any]) -> tuple[ApiKey, str]:
    """Make a key for the user themselves.

    Arguments:
        values: ``name``; ``scopes``, the actions it is for; optionally ``expires_at`` and ``customer_id``, the only
            customer it shall see.

    Returns:
        The key's row, and the key, which nobody can read again.

    Raises:
        PersonRequired: a key asks for a key.
        ReauthenticationRequired: it shall re-point devices, and the password was not entered again of late.
        InvalidInput: a field is wrong.
    """
    require_person(user)
    refuse_unknown(values, EDITABLE)
    scopes = _scopes(values.get("scopes"))
    if REPOINT in scopes:
        require_proof(user)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(_SECRET_BYTES)
    with transaction.atomic():
        key = ApiKey(
            user=user,
            name=values.get("name", ""),
            prefix=prefix,
            digest=_digest(secret),
            scopes=scopes,
            customer_id=_customer(user, values.get("customer_id")),
            expires_at=_expiry(values.get("expires_at")),
        )
        save_valid(key)
        record(user, "apikeys.create", key, customer_id=key.customer_id, after=row_values(key, _RECORDED))
    return key, f"{START}{prefix}_{secret}"


def revoke_key(user: Any, key: ApiKey) -> None:
    """Make a key worthless; it stays in the list.

    Raises:
        PersonRequired: a key asks for it.
    """
    require_person(user)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record(user, "apikeys.revoke", key, customer_id=key.customer_id)


def delete_key(user: Any, key: ApiKey) -> None:
    """Make a key worthless and forget it.

    Raises:
        PersonRequired: a key asks for it.
    """
    require_person(user)
    with transaction.atomic():
        record(user, "apikeys.delete", key, customer_id=key.customer_id, before=row_values(key, _RECORDED))
        key.delete()


def keys_of(user: Any, account: Any) -> models.QuerySet[ApiKey]:
    """Return an account's keys: everybody's own, and for a global admin all of them.

    Raises:
        PersonRequired: a key asks.
        PermissionDenied: the account is another's, and the user no global admin.
    """
    require_person(user)
    if account.pk != user.pk:
        require(user, "users.edit")
    return ApiKey.objects.filter(user=account).order_by("name", "pk")


def revoke_all_keys(user: Any) -> int:
    """Make every key of a user worthless; return how many there were."""
    return ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def user_of(text: str, address: str) -> tuple[Any, ApiKey]:
    """Return the owner of a key, restricted to what the key is for, and the key.

    Arguments:
        text: the whole key.
        address: where it was used; noted at most once a minute.

    Raises:
        TokenUnknown: there is no such key.
        TokenRefused: it was revoked or has expired, or its owner is inactive.
    """
    key = _find(text)
    if key.revoked_at is not None or not key.user.is_active:
        raise TokenRefused("This API key is not valid any more.")
    if key.expires_at <= timezone.now():
        raise TokenRefused("This API key has expired; make a new one.")
    _note_use(key, address)
    limits = Restriction(name=key.name, scopes=frozenset(map(str, key.scopes)), customer_id=key.customer_id)
    return restrict(key.user, limits), key


def _find(text: str) -> ApiKey:
    prefix, _, secret = text.removeprefix(START).partition("_")
    key = ApiKey.objects.select_related("user").filter(prefix=prefix).first() if _is_plain(prefix) else None
    stored = key.digest if key is not None else _NOBODYS_DIGEST
    if not hmac.compare_digest(stored, _digest(secret)) or key is None or not text.startswith(START):
        raise TokenUnknown("There is no such API key.")
    return key


def _is_plain(prefix: str) -> bool:
    return prefix.isascii() and prefix.isalnum()


def _note_use(key: ApiKey, address: str) -> None:
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
    if key.last_used_at is None or key.last_used_at < now - _USE_NOTED_EVERY:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now, last_used_address=address[:64])


def _scopes(given: Any) -> list[str]:
    if not isinstance(given, (list, tuple)) or not given:
        raise InvalidInput.at("scopes", "Name the actions this key is for; none goes without saying.", "required")
    unknown = sorted({str(name) for name in given} - set(ACTIONS))
    if unknown:
        known = ", ".join(sorted(ACTIONS))
        raise InvalidInput.at("scopes", f"There is no action {unknown[0]!r}; there are {known}.", "unknown_scope")
    return sorted(set(given))


def _customer(user: Any, wanted: int | None) -> int | None:
    if wanted is not None and not Customer.objects.for_user(user).filter(pk=wanted).exists():
        raise InvalidInput.at("customer_id", f"There is no customer {wanted} that you may see.", "unknown_customer")
    return wanted


def _expiry(wanted: Any) -> Any:
    now = timezone.now()
    longest = now + timedelta(days=settings.CORE.API_KEY_MAX_DAYS)
    if wanted is None:
        return min(now + timedelta(days=settings.CORE.API_KEY_DAYS), longest)
    if not now < wanted <= longest:
        message = f"A key lasts until some time within the next {settings.CORE.API_KEY_MAX_DAYS} days."
        raise InvalidInput.at("expires_at", message, "expires_at")
    return wanted


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
