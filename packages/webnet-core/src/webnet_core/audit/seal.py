"""Sealing: chaining the audit rows of each customer, later than they were written so that no writer waits for another.

A row is sealed by the tick once its transaction has committed. Rows of a long transaction may therefore come after
rows with higher ids; their place in the chain is `seal_number`, not `id`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from webnet_core.audit.canonical import seal_of
from webnet_core.audit.models import AuditChain, AuditEvent

log = logging.getLogger(__name__)

BATCH = 500
BATCHES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """How far a chain is sealed; `customer_id` is None for the acts of no customer."""

    customer_id: int | None
    length: int
    head: str
    sealed_at: str = ""


def seal_waiting() -> int:
    """Seal what waits, some thousands of rows a chain at most, and return how many rows that were.

    Any number of processes may call it at once: a chain that another one is sealing is left to it. The new head of
    each chain is logged, so that whoever keeps the log elsewhere can prove later what the chain was.
    """
    waiting = AuditEvent.objects.filter(seal_number=None).order_by().values_list("customer_id", flat=True).distinct()
    return sum(_seal_chain(customer_id) for customer_id in sorted(waiting, key=lambda number: number or 0))


def heads() -> list[Head]:
    """Return every chain's length and head, that of no customer first."""
    return [
        Head(
            customer_id=chain.customer_id,
            length=chain.length,
            head=chain.head,
            sealed_at=chain.sealed_at.isoformat() if chain.sealed_at else "",
        )
        for chain in sorted(AuditChain.objects.all(), key=lambda chain: chain.customer_id or 0)
    ]


def _seal_chain(customer_id: int | None) -> int:
    sealed = 0
    for _ in range(BATCHES):
        done = _seal_batch(customer_id)
        sealed += done
        if done < BATCH:
            break
    return sealed


def _seal_batch(customer_id: int | None) -> int:
    with transaction.atomic():
        chain = _locked(customer_id)
        if chain is None:
            return 0
        rows = list(AuditEvent.objects.filter(seal_number=None, **chain_rows(customer_id)).order_by("pk")[:BATCH])
        length, head = chain.length, chain.head
        for row in rows:
            head = seal_of(row, length + 1, head)
            length += 1
            row.seal_number, row.seal = length, head
        if rows:
            AuditEvent.objects.get_queryset().write_seals(rows)
            AuditChain.objects.filter(pk=chain.pk).update(length=length, head=head, sealed_at=timezone.now())
    if rows:
        log.info("audit head customer=%s length=%d head=%s", customer_id or "-", length, head)
    return len(rows)


def _locked(customer_id: int | None) -> AuditChain | None:
    """Return the chain, locked; None where another process is sealing it. SQLite has locked the whole file already."""
    if not AuditChain.objects.filter(**chain_rows(customer_id)).exists():
        try:
            with transaction.atomic():
                AuditChain.objects.create(customer_id=customer_id)
        except IntegrityError:
            return None
    return AuditChain.objects.select_for_update(skip_locked=True).filter(**chain_rows(customer_id)).first()


def chain_rows(customer_id: int | None) -> dict[str, int | bool]:
    """Return the filter for one chain's rows and record."""
    return {"customer__isnull": True} if customer_id is None else {"customer_id": customer_id}
