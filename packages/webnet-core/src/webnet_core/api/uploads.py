"""Files in the body of a request: for the few views that take one, and no larger than their limit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousOperation
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser

from webnet_core.api.errors import BodyTooLarge
from webnet_core.api.parsing import check_storable
from webnet_core.conf import settings
from webnet_core.exceptions import InvalidInput

# What a body may hold besides its file.
_BESIDES = 64 * 1024
_MOST_FIELDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class SentFile:
    """A file as it was sent; `name` is what the client called it."""

    content: bytes
    name: str

    @property
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class UploadParser(MultiPartParser):
    """Takes multipart/form-data of at most ``IMPORT_LIMIT_BYTES`` and a little besides; each field once."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return texts and `SentFile` by name.

        Raises:
            ParseError: it is no such body, or holds what no column can.
            BodyTooLarge: it is too long.
        """
        limit = settings.CORE.IMPORT_LIMIT_BYTES
        request: Any = (parser_context or {})["request"]
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal() or int(length) > limit + _BESIDES:
            raise BodyTooLarge
        try:
            found = super().parse(stream, media_type, parser_context)
        except SuspiciousOperation as error:
            raise ParseError("The body has too many fields.") from error
        fields: dict[str, Any] = {}
        pairs = [*found.data.lists(), *found.files.lists()]
        for name, values in pairs[:_MOST_FIELDS]:
            if len(values) > 1 or name in fields:
                raise InvalidInput.at(str(name)[:100], "This was sent twice.", "repeated")
            fields[name] = self._taken(values[0])
        return fields

    @staticmethod
    def _taken(value: Any) -> Any:
        if hasattr(value, "chunks"):
            name = str(value.name or "")
            check_storable(name)
            return SentFile(content=b"".join(value.chunks()), name=name)
        check_storable(value)
        return value
