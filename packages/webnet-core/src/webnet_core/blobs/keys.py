"""The key of all content digests: made once, kept encrypted in the database, the same whatever encrypts it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from typing import Any

from django.core.signals import setting_changed
from django.db import connections, router, transaction

from webnet_core.blobs.models import Blob, DigestKey
from webnet_core.conf import SETTING, settings
from webnet_core.exceptions import CredentialUnreadable

_lock = threading.Lock()
# By database alias; one query a process, for digests are made by the thousand.
_known: dict[str, bytes] = {}
_uncommitted: set[str] = set()


def digest_key() -> bytes:
    """Return the key of the site's content digests, making it where there is none yet.

    Raises:
        CredentialUnreadable: it was encrypted with a key that is not configured any more.
        ConfigurationError: there is no encryption key at all.
    """
    alias = router.db_for_write(DigestKey)
    found = _known.get(alias)
    return _load(alias) if found is None else found


def forget() -> None:
    """Read the key again when it is next needed."""
    with _lock:
        _known.clear()


def make_after_migration(using: str, **_: Any) -> None:
    """Make the key as soon as its table is there; a receiver of ``post_migrate``, which `flush` sends too."""
    forget()
    if not settings.CORE.ENCRYPTION_KEYS or not router.allow_migrate_model(using, DigestKey):
        return
    # Migrating backwards may just have taken the table away.
    if DigestKey._meta.db_table in connections[using].introspection.table_names():
        _row(using)


def _load(alias: str) -> bytes:
    row = _row(alias)
    try:
        key = bytes.fromhex(row.value.reveal())
    except CredentialUnreadable as error:
        raise CredentialUnreadable(f"The key of all digests cannot be read. {error.message}") from error
    with _lock:
        if str(row.value) not in _uncommitted:
            _known[alias] = key
    return key


def _row(alias: str) -> DigestKey:
    """Find the row, or make it; what a rollback takes away again is not remembered."""
    found = DigestKey.objects.using(alias).first()
    if found is not None:
        return found
    blobs = Blob.objects.using(alias).exists()
    value = _derived() if blobs else secrets.token_bytes(32)
    row, made = DigestKey.objects.using(alias).get_or_create(pk=1, defaults={"value": value.hex()})
    if made:
        _uncommitted.add(str(row.value))
        transaction.on_commit(lambda: _uncommitted.discard(str(row.value)), using=alias)
    return row


def _derived() -> bytes:
    """Return what digests were keyed with before the key had a row: something of the oldest encryption key."""
    oldest = settings.CORE.ENCRYPTION_KEYS[-1].get_secret_value()
    return hmac.new(oldest.encode(), b"webnet content digest", hashlib.sha256).digest()


def _on_change(*, setting: str, **_: Any) -> None:
    if setting == SETTING:
        forget()


setting_changed.connect(_on_change, dispatch_uid="webnet_core.blobs.keys")
