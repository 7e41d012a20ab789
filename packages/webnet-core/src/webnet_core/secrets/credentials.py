"""Making, changing and removing credentials. Secrets go in and never come out here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from webnet_core.access.permissions import require
from webnet_core.access.validation import delete_unused, refuse_unknown, save_valid
from webnet_core.audit.record import record
from webnet_core.exceptions import CredentialUnreadable
from webnet_core.fields import Ciphertext
from webnet_core.secrets.models import Credential

EDITABLE = ("name", "username", *Credential.SECRET_FIELDS)


def create_credential(user: Any, customer_id: int, values: Mapping[str, Any]) -> Credential:
    """Store a login; its secrets are encrypted on the way to the table.

    Arguments:
        values: any of `EDITABLE`.

    Raises:
        PermissionDenied: the user lacks ``credentials.edit`` in the customer.
        InvalidInput: a field is wrong or the name is taken.
    """
    require(user, "credentials.edit", customer_id)
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        credential = Credential(customer_id=customer_id, **values)
        save_valid(credential)
        record(user, "credentials.create", credential, data={"set": sorted(values)})
    return credential


def update_credential(user: Any, credential: Credential, values: Mapping[str, Any]) -> Credential:
    """Change a login; `version` rises when what it opens with changes. An empty secret removes it.

    Raises:
        PermissionDenied: the user lacks ``credentials.edit`` in its customer.
        InvalidInput: a field is wrong or the name is taken.
    """
    require(user, "credentials.edit", credential.customer_id)
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        fresh = Credential.objects.select_for_update().get(pk=credential.pk)
        changed = [name for name, value in values.items() if _differs(getattr(fresh, name), value)]
        for name in changed:
            setattr(fresh, name, values[name])
        if set(changed) - {"name"}:
            fresh.version += 1
        save_valid(fresh)
        if changed:
            record(user, "credentials.update", fresh, data={"changed": sorted(changed), "version": fresh.version})
    return fresh


def delete_credential(user: Any, credential: Credential) -> None:
    """Remove a login.

    Raises:
        PermissionDenied: the user lacks ``credentials.edit`` in its customer.
        Conflict: devices use it.
    """
    require(user, "credentials.edit", credential.customer_id)
    with transaction.atomic():
        record(user, "credentials.delete", credential)
        delete_unused(credential)


def _differs(stored: Any, given: Any) -> bool:
    if not isinstance(stored, Ciphertext):
        return bool(stored != given)
    try:
        return stored.reveal() != str(given)
    except CredentialUnreadable:
        return True
