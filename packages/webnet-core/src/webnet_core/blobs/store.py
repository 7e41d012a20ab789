"""Put texts in, get texts out; the same text of a customer is stored once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import zstandard
from django.utils import timezone

from webnet_core.blobs.keys import digest_key
from webnet_core.blobs.models import Blob

# What nothing refers to is swept away after this time.
KEEP = timedelta(days=1)
_LEVEL = 3
_WHOLE = "zstd"
_DELTA = "zstd-delta"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A text to store. `base_id` names a whole blob of the same customer that it probably resembles."""

    text: str
    base_id: int | None = None


def digest(customer_id: int, text: str | bytes) -> str:
    """Return the customer's keyed digest of `text` (HMAC-SHA256, hexadecimal)."""
    body = text.encode() if isinstance(text, str) else text
    return hmac.new(digest_key(), b"%d:" % customer_id + body, hashlib.sha256).hexdigest()


def put(customer_id: int, texts: Sequence[str | Item]) -> list[Blob]:
    """Store each text that the customer does not have yet; return a blob for each, in order.

    Runs in the caller's transaction with a handful of queries, whatever the count.
    """
    items = [text if isinstance(text, Item) else Item(text=text) for text in texts]
    digests = [digest(customer_id, item.text) for item in items]
    _refresh(customer_id, digests)
    known = _known(customer_id, digests)
    bases = _bases(customer_id, [item.base_id for item in items if item.base_id is not None])
    fresh: dict[str, Blob] = {}
    for key, item in zip(digests, items, strict=True):
        if key not in known and key not in fresh:
            fresh[key] = _encode(customer_id, key, item.text.encode(), bases.get(item.base_id or 0))
    if fresh:
        Blob.objects.bulk_create(fresh.values(), ignore_conflicts=True)
        known |= _known(customer_id, list(fresh))
    return [known[key] for key in digests]


def get(blob: Blob) -> str:
    """Return the text a blob holds."""
    return get_bytes(blob).decode()


def get_bytes(blob: Blob) -> bytes:
    """Return the bytes a blob holds, whole or rebuilt from its base.

    Raises:
        ValueError: the codec is not one of ours.
    """
    data = bytes(blob.data)
    if blob.codec == _WHOLE:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=blob.size or 1)
    if blob.codec == _DELTA and blob.base is not None:
        return _decompressor(get_bytes(blob.base)).decompress(data, max_output_size=blob.size or 1)
    message = f"blob {blob.pk} has unknown codec {blob.codec!r}"
    raise ValueError(message)


def _refresh(customer_id: int, digests: Sequence[str]) -> None:
    """Make what is used again young, so that the sweep leaves it alone until the caller's rows refer to it."""
    now = timezone.now()
    old = Blob.objects.filter(customer_id=customer_id, digest__in=set(digests), created_at__lt=now - KEEP / 2)
    old.update(created_at=now)


def _known(customer_id: int, digests: Sequence[str]) -> dict[str, Blob]:
    rows = Blob.objects.filter(customer_id=customer_id, digest__in=set(digests)).defer("data")
    return {row.digest: row for row in rows}


def _bases(customer_id: int, ids: Sequence[int]) -> Mapping[int, Blob]:
    if not ids:
        return {}
    return {row.pk: row for row in Blob.objects.filter(customer_id=customer_id, pk__in=set(ids), base=None)}


def _encode(customer_id: int, key: str, body: bytes, base: Blob | None) -> Blob:
    whole = zstandard.ZstdCompressor(level=_LEVEL).compress(body)
    blob = Blob(customer_id=customer_id, digest=key, codec=_WHOLE, size=len(body), data=whole)
    if base is None:
        return blob
    delta = _compressor(get_bytes(base)).compress(body)
    if len(delta) * 2 < len(whole):
        blob.codec, blob.base, blob.data = _DELTA, base, delta
    return blob


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _compressor(base: bytes) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary(base))


def _decompressor(base: bytes) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_dictionary(base))
