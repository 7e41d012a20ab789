"""A model field whose column holds ciphertext only."""

from __future__ import annotations

from typing import Any

from django.db import models

from webnet_core.crypto import decrypt, encrypt

MASK = "********"


class Ciphertext(str):
    """What a secret field holds in memory after loading: shows itself masked, is opened by `reveal`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return MASK if self else "''"

    def reveal(self) -> str:
        """Decrypt; the empty stay empty.

        Raises:
            CredentialUnreadable: no configured key fits.
        """
        return decrypt(str.__str__(self)) if self else ""


class SecretField(models.TextField):  # type: ignore[type-arg]
    """Text kept encrypted. Assign plain text; after saving or loading the attribute is a `Ciphertext`."""

    secret = True  # audit shows that such a field was set, changed or removed, and nothing else

    def from_db_value(self, value: str | None, *_: object) -> Ciphertext:
        return Ciphertext(value or "")

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> str:
        if value is None or value == "":
            return ""
        return str.__str__(value) if isinstance(value, Ciphertext) else encrypt(str(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = getattr(model_instance, self.attname)
        if not isinstance(value, Ciphertext):
            value = Ciphertext(self.get_prep_value(value))
            setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "webnet_core.fields.SecretField", args, kwargs
