"""Forgetting imports: previews after a day, what undoing needs after another, the rest after three months."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from webnet_core.inventory.importing.batches import PREVIEW_LIFE
from webnet_core.inventory.importing.models import ImportBatch, ImportState
from webnet_core.inventory.importing.undoing import UNDO_LIFE

KEEP = timedelta(days=90)


def forget_imports() -> int:
    """Drop what nobody can use any more; return how many imports that concerned."""
    now = timezone.now()
    rows = ImportBatch.objects.all()
    expired = Q(state=ImportState.PREVIEWED, created_at__lt=now - PREVIEW_LIFE)
    gone, _ = rows.filter(expired | Q(created_at__lt=now - KEEP)).delete()
    settled = rows.filter(committed_at__lt=now - UNDO_LIFE).exclude(outcome=None, table=None, verdict=None)
    return int(gone) + settled.update(outcome=None, table=None, verdict=None)
