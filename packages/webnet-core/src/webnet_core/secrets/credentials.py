"""Making, changing and removing credentials. Secrets go in and never come out here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from webnet_core.access.permissions import require
from webnet_core.access.stepup import require_repoint
from webnet_core.access.validation import delete_unused, refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import CredentialUnreadable, FieldError, InvalidInput
from webnet_core.fields import Ciphertext
from webnet_core.secrets.backends import DATABASE, backend_of, check_reference
from webnet_core.secrets.models import Credential
from webnet_core.secrets.privatekeys import check_private_key

EDITABLE = ("name", "username", "backend", "reference", *Credential.SECRET_FIELDS)
_RECORDED = (*EDITABLE, "version")
LINKING = frozenset({"backend", "reference"})


def create_credential(user: Any, customer_id: int, values: Mapping[str, Any]) -> Credential:
    """Store a login; its secrets are encrypted on the way to the table, or stay in the backend that keeps them.

    Arguments:
        values: any of `EDITABLE`.

    Raises:
        PermissionDenied: the user lacks ``credentials.edit`` in the customer, or ``credentials.link`` where a backend
            is named.
        ReauthenticationRequired: a backend is named, and the password was not entered again a short while ago.
        InvalidInput: a field is wrong or the name is taken.
    """
    require(user, "credentials.edit", customer_id)
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        credential = Credential(customer_id=customer_id, **values)
        proof = _link(user, credential, values) if _linked(credential) else {}
        _check_place(credential, values)
        save_valid(credential)
        record(user, "credentials.create", credential, after=row_values(credential, EDITABLE), data=proof)
    return credential


def update_credential(user: Any, credential: Credential, values: Mapping[str, Any]) -> Credential:
    """Change a login; `version` rises when what it opens with changes. An empty secret removes it.

    Secrets in the database are removed when another backend keeps them from now on.

    Raises:
        PermissionDenied: the user lacks ``credentials.edit`` in its customer, or ``credentials.link`` where backend or
            reference change.
        ReauthenticationRequired: they change, and the password was not entered again a short while ago.
        InvalidInput: a field is wrong or the name is taken.
    """
    require(user, "credentials.edit", credential.customer_id)
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        fresh = Credential.objects.select_for_update().get(pk=credential.pk)
        changed = [name for name, value in values.items() if _differs(getattr(fresh, name), value)]
        before = row_values(fresh, _RECORDED)
        proof: dict[str, str] = {}
        for name in changed:
            setattr(fresh, name, values[name])
        if LINKING & set(changed):
            proof = _link(user, fresh, values)
        if changed:
            _check_place(fresh, values)
        if set(changed) - {"name"}:
            fresh.version += 1
        save_valid(fresh)
        if changed:
            record(user, "credentials.update", fresh, before=before, after=row_values(fresh, _RECORDED), data=proof)
    return fresh


def delete_credential(user: Any, credential: Credential) -> None:
    """Remove a login.

    Raises:
        PermissionDenied: the user lacks ``credentials.edit`` in its customer.
        Conflict: devices use it.
    """
    require(user, "credentials.edit", credential.customer_id)
    with transaction.atomic():
        record(user, "credentials.delete", credential, before=row_values(credential, EDITABLE))
        delete_unused(credential)


def _linked(credential: Credential) -> bool:
    return credential.backend != DATABASE or bool(credential.reference)


def _link(user: Any, credential: Credential, values: Mapping[str, Any]) -> dict[str, str]:
    """Let a credential get its secrets from elsewhere; return what the audit shall know of it."""
    require(user, "credentials.link", credential.customer_id)
    proof = {"proof": require_repoint(user, credential.customer_id)}
    if _linked(credential):
        for name in set(Credential.SECRET_FIELDS) - set(values):
            setattr(credential, name, "")
    return proof


def _check_place(credential: Credential, values: Mapping[str, Any]) -> None:
    backend = backend_of(credential.backend)
    check_reference(backend, credential.reference)
    if backend.fetch is None:
        if values.get("ssh_private_key"):
            check_private_key(values["ssh_private_key"])
        return
    message = f"The backend {backend.key!r} keeps this credential's secrets; enter it there."
    given = [name for name in Credential.SECRET_FIELDS if values.get(name)]
    if given:
        raise InvalidInput(errors=[FieldError(path=name, message=message, code="kept_elsewhere") for name in given])


def _differs(stored: Any, given: Any) -> bool:
    if not isinstance(stored, Ciphertext):
        return bool(stored != given)
    try:
        return stored.reveal() != str(given)
    except CredentialUnreadable:
        return True
