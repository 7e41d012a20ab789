"""Looking for secrets where none may be: in a dump, a log, a message, an answer, in whatever spelling."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from django.apps import apps
from django.db import connection

_SHORTEST = 8


def spellings(secret: str) -> frozenset[bytes]:
    """Return how a secret may stand in text: as it is, escaped for JSON, Python or a URL, in base64 or hexadecimal.

    Base64 is looked for at each of the three offsets at which a secret inside a longer text may begin. Of several
    lines, as a private key has, each long one is looked for.
    """
    found: set[bytes] = set()
    for part in {secret, *secret.splitlines()}:
        if len(part) < _SHORTEST or part.startswith("-----"):
            continue
        body = part.encode()
        escaped = {part, json.dumps(part)[1:-1], repr(part)[1:-1], quote(part, safe=""), quote_plus(part), body.hex()}
        found |= {spelling.encode() for spelling in escaped}
        for offset in range(3):
            whole = base64.b64encode(b"\0" * offset + body)
            # The first and the last characters hold bits of what stands beside the secret.
            inner = whole[4 if offset else 0 : len(whole) - 4]
            found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return frozenset(found)


def leaks(text: str | bytes, secrets: Iterable[str]) -> list[str]:
    """Return the first characters of each of `secrets` that stands in `text`, in whatever spelling."""
    body = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    return [secret[:12] for secret in secrets if any(spelling in body for spelling in spellings(secret))]


def dump() -> bytes:
    """Return every column of every row of the database, as the database holds it; blobs laid open as well."""
    from webnet_core.blobs import store  # noqa: PLC0415 - needs the apps
    from webnet_core.blobs.models import Blob  # noqa: PLC0415 - needs the apps

    parts: list[bytes] = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - our own
            for row in cursor:
                parts += [bytes(one) if isinstance(one, (bytes, memoryview)) else str(one).encode() for one in row]
    parts += [store.get_bytes(blob) for blob in Blob.objects.all()]
    return b"\n".join(parts)
