"""Walking the chains: is every row that was sealed still there, in its place and as it was?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Max

from webnet_core.audit.canonical import microseconds, seal_of
from webnet_core.audit.models import AuditChain, AuditEvent
from webnet_core.audit.seal import Head, chain_rows

Kind = Literal["changed", "missing", "inserted", "truncated", "head", "chain", "replaced"]
LATE_SECONDS = 3600
_LATE_NAMED = 20
_CHUNK = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Break:
    """The first thing wrong with a chain.

    `kind` is ``changed`` (the row, or its place, is not what was sealed), ``missing`` (a number without a row),
    ``inserted`` (a row beyond the chain's end), ``truncated`` (the last rows are gone), ``head`` (the last seal is not
    the recorded one), ``chain`` (sealed rows without any record of their chain) or ``replaced`` (the chain does not
    pass through a head that was kept elsewhere).
    """

    kind: Kind
    number: int
    message: str
    event_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a walk over one chain found.

    `late` are ids of rows that were sealed after rows an hour younger: a transaction open for that long makes such
    rows, and so does somebody who writes one by hand and dates it back. `unsealed` rows are not protected yet.
    """

    customer_id: int | None
    length: int
    head: str
    unsealed: int
    broken: Break | None = None
    late: list[int] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None


def customers_with_audit() -> list[int | None]:
    """Return whose chains there are to verify, None for that of no customer first."""
    found = set(AuditEvent.objects.order_by().values_list("customer_id", flat=True).distinct())
    found |= set(AuditChain.objects.values_list("customer_id", flat=True))
    return sorted(found, key=lambda number: number or 0)


def verify_chain(customer_id: int | None, kept: Iterable[Head] = ()) -> Report:
    """Walk one chain from its first row to its last.

    Arguments:
        kept: heads of this chain that were kept elsewhere; the chain must pass through each of them.
    """
    rows = AuditEvent.objects.filter(**chain_rows(customer_id))
    chain = AuditChain.objects.filter(**chain_rows(customer_id)).first()
    walk = _Walk(customer_id=customer_id, length=chain.length if chain else 0, head=chain.head if chain else "")
    return Report(
        customer_id=customer_id,
        length=walk.length,
        head=walk.head,
        broken=walk.first_break({head.length: head.head for head in kept}) or walk.beyond(),
        late=walk.late,
        unsealed=rows.filter(seal_number=None).count(),
    )


@dataclass(kw_only=True, slots=True)
class _Walk:
    customer_id: int | None
    length: int
    head: str
    late: list[int] = field(default_factory=list)

    def first_break(self, kept: dict[int, str]) -> Break | None:
        number, previous, newest = 0, "", 0
        for row in self._rows():
            number += 1
            if row.seal_number != number:
                return _missing(number, row)
            previous = seal_of(row, number, previous)
            if row.seal != previous:
                return _changed(number, row)
            if number in kept and kept[number] != previous:
                return _replaced(number, row.pk)
            newest = self._dated(row, newest)
        if number < self.length:
            return _truncated(number, self.length)
        if previous != self.head:
            return Break(kind="head", number=number, message=f"The head on record is not the seal of row {number}.")
        return next((_replaced(length, None) for length in sorted(kept) if length > number), None)

    def beyond(self) -> Break | None:
        """Return a row beyond the end; sealing may have gone on meanwhile, so the end is read after the rows."""
        rows = AuditEvent.objects.filter(**chain_rows(self.customer_id))
        last = rows.aggregate(last=Max("seal_number"))["last"] or 0
        chain = AuditChain.objects.filter(**chain_rows(self.customer_id)).first()
        if last and chain is None:
            return Break(kind="chain", number=1, message="There are sealed rows and no record of their chain.")
        length = chain.length if chain else 0
        row = rows.filter(seal_number__gt=length).order_by("seal_number").first() if last > length else None
        if row is None:
            return None
        message = f"Event {row.pk} claims number {row.seal_number}; the chain ends at {length}."
        return Break(kind="inserted", number=row.seal_number or 0, event_id=row.pk, message=message)

    def _rows(self) -> Iterator[AuditEvent]:
        sealed = AuditEvent.objects.filter(seal_number__lte=self.length, **chain_rows(self.customer_id))
        return sealed.order_by("seal_number").iterator(chunk_size=_CHUNK)

    def _dated(self, row: AuditEvent, newest: int) -> int:
        moment = microseconds(row.ts)
        if newest - moment > LATE_SECONDS * 1_000_000 and len(self.late) < _LATE_NAMED:
            self.late.append(row.pk)
        return max(newest, moment)


def _missing(number: int, following: AuditEvent) -> Break:
    message = f"Row {number} is missing; the next one there is event {following.pk}, number {following.seal_number}."
    return Break(kind="missing", number=number, message=message)


def _changed(number: int, row: AuditEvent) -> Break:
    message = f"Event {row.pk}, number {number}, is not what was sealed, or not in its place."
    return Break(kind="changed", number=number, event_id=row.pk, message=message)


def _truncated(number: int, length: int) -> Break:
    message = f"The chain has {length} rows on record; those after {number} are missing."
    return Break(kind="truncated", number=number + 1, message=message)


def _replaced(number: int, event_id: int | None) -> Break:
    message = f"The chain does not pass through the head that was kept for its first {number} rows."
    return Break(kind="replaced", number=number, event_id=event_id, message=message)
