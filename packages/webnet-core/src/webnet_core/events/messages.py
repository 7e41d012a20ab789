"""What a delivery says, to programs and to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webnet_core.conf import settings
from webnet_core.events.matching import one_line
from webnet_core.events.models import Delivery
from webnet_core.events.types import Message

LISTED = 100


def message_of(row: Delivery, gathered: Sequence[Delivery] = ()) -> Message:
    """Return what a channel sends for a delivery.

    Arguments:
        gathered: what goes into the same message besides; a hundred of them are told, of more how many there are.
    """
    body = {"id": str(row.pk), **row.payload}
    summary = row.summary
    if gathered:
        body["also"] = [{"id": str(other.pk), **other.payload} for other in gathered[:LISTED]]
        body["more"] = max(0, len(gathered) - LISTED)
        summary = f"{summary} and {len(gathered)} more"
    return Message(
        delivery_id=str(row.pk),
        event=row.event,
        severity=row.severity,  # type: ignore[arg-type]  # what was stored is one
        customer_id=row.customer_id,
        summary=summary,
        text=_text(row, gathered),
        body=body,
        target=row.target,
        seconds=settings.CORE.WEBHOOK_SECONDS,
    )


def _text(row: Delivery, gathered: Sequence[Delivery]) -> str:
    parts = [_lines(one) for one in (row, *gathered[:LISTED])]
    if len(gathered) > LISTED:
        parts.append(f"and {len(gathered) - LISTED} more, as deliveries/ lists them.\n")
    return "\n".join(parts) + "\n-- \nwebnet tells you because a notification rule asks for it.\n"


def _lines(row: Delivery) -> str:
    facts = row.payload.get("data")
    told = facts.items() if isinstance(facts, Mapping) else ()
    lines = [row.summary, f"  event: {row.event}", f"  severity: {row.severity}", f"  at: {row.payload.get('at', '')}"]
    return "\n".join([*lines, *(f"  {name}: {_word(value)}" for name, value in told)]) + "\n"


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return one_line(str(value))
