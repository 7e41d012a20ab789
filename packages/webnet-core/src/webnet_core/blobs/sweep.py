"""Remove what nothing refers to any more."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from webnet_core.blobs.models import Blob

_KEEP = timedelta(days=1)


def sweep(limit: int = 1000) -> int:
    """Delete up to `limit` blobs older than a day that no row refers to; return how many went."""
    rows = Blob.objects.filter(created_at__lt=timezone.now() - _KEEP)
    for relation in Blob._meta.related_objects:
        field = relation.field
        rows = rows.exclude(Exists(field.model._default_manager.filter(**{field.attname: OuterRef("pk")})))
    doomed = list(rows.values_list("pk", flat=True)[:limit])
    return Blob.objects.filter(pk__in=doomed).delete()[0]
