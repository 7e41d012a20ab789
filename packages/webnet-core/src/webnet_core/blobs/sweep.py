"""Remove what nothing refers to any more."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, ForeignKey, ManyToOneRel, OuterRef
from django.utils import timezone

from webnet_core.blobs.models import Blob
from webnet_core.blobs.store import KEEP


def sweep(limit: int = 1000) -> int:
    """Delete up to `limit` blobs older than a day that no row refers to; return how many went."""
    rows = Blob.objects.filter(created_at__lt=timezone.now() - KEEP)
    for field in _references():
        rows = rows.exclude(Exists(field.model._default_manager.filter(**{field.attname: OuterRef("pk")})))  # noqa: SLF001 - Django documents it
    with transaction.atomic():
        # Locked, so that a blob which somebody puts again just now (`store.put` makes it young) is left out.
        doomed = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)[:limit])
        return Blob.objects.filter(pk__in=doomed).delete()[0]


def _references() -> list[ForeignKey[Any, Any]]:
    """Return every foreign key to a blob, those without a name on this side (``related_name="+"``) included."""
    relations = Blob._meta.get_fields(include_hidden=True)
    return [relation.field for relation in relations if isinstance(relation, ManyToOneRel)]
